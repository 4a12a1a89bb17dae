import { type JWK, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Kept over restarts, so that tokens and sessions outlive the issuer's process. */
export interface IssuerKeys {
  /** Private ES256 key with `kid`. */
  readonly signing: JWK & { readonly kid: string };
  /** Signs the issuer's own cookies. */
  readonly cookie: string;
}

/** Reads the keys of the directory, or makes them at first start (file mode 0600). */
export async function issuerKeys(dataDir: string): Promise<IssuerKeys> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'issuer-keys.json');
  try {
    return JSON.parse(await readFile(path, 'utf8')) as IssuerKeys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const keys = await newKeys();
  await writeFile(`${path}.new`, JSON.stringify(keys), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return keys;
}

async function newKeys(): Promise<IssuerKeys> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    signing: { ...jwk, kid, alg: 'ES256', use: 'sig' },
    cookie: randomBytes(32).toString('base64url'),
  };
}
