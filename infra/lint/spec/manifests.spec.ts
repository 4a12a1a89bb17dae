import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const lint = pathToFileURL(join(__dirname, '../manifests.mjs')).href;

/** What the rule says of a Job whose pod mounts a secret. */
function problemsOf(secret: object, securityContext: object): unknown {
  const job = {
    kind: 'Job',
    metadata: { name: 'bootstrap' },
    spec: {
      template: {
        spec: {
          securityContext,
          volumes: [
            { name: 'tmp', emptyDir: {} },
            { name: 'keys', secret },
          ],
        },
      },
    },
  };
  const program = `import { unreadableSecrets } from ${JSON.stringify(lint)};
    console.log(JSON.stringify(unreadableSecrets(${JSON.stringify([job])})));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  return JSON.parse(said);
}

describe('a pod that mounts a secret', () => {
  it('needs the group of its files where others may not read it', () => {
    expect(problemsOf({ secretName: 's', defaultMode: 0o440 }, { runAsUser: 1000 })).toEqual([
      'Job/bootstrap mounts keys, which it cannot read without an fsGroup',
    ]);
    expect(problemsOf({ secretName: 's', defaultMode: 0o440 }, { runAsUser: 1000, fsGroup: 1000 })).toEqual(
      [],
    );
  });

  it('needs none where everybody may', () => {
    expect(problemsOf({ secretName: 's', defaultMode: 0o444 }, {})).toEqual([]);
    expect(problemsOf({ secretName: 's' }, {})).toEqual([]);
  });
});
