import { type StoredEvent } from '@balagh/case-events';
import { type CommandContext } from '@balagh/event-store';
import { type CaseIndex, mostCounted } from '../../application/case-index.port';
import { type RebuildIndex } from '../../application/rebuild-index.handler';
import { type ShowTrail, type Trail } from '../../application/show-trail.handler';
import { type VerifyCases } from '../../application/verify-cases.handler';
import { type CaseCommand, usage } from './case-arguments';
import { table, trailText } from './trail-text';

/** What the commands work on; the operator is recorded as the viewer. */
export interface CaseTools {
  readonly trails: ShowTrail;
  readonly verification: VerifyCases;
  readonly rebuilding: RebuildIndex;
  readonly index: CaseIndex;
  readonly viewer: (tenant: string) => CommandContext;
}

export interface Terminal {
  readonly out: (text: string) => void;
  readonly complain: (text: string) => void;
}

type CaseCli = CaseTools & Terminal;

/** Answers what needs no installation; undefined when the command does. Status 2: not understood. */
export function answerAlone(command: CaseCommand, { out, complain }: Terminal): number | undefined {
  if (command.kind === 'help') out(usage);
  if (command.kind === 'unusable') complain(`${command.problem}\n\n${usage}`);
  return { help: 0, unusable: 2 }[command.kind as string];
}

/** Runs one command on an installation. Exit status: 0 done, 1 not found or faults. */
export async function runCaseCommand(command: CaseCommand, cli: CaseCli): Promise<number> {
  switch (command.kind) {
    case 'help':
    case 'unusable':
      return answerAlone(command, cli) ?? 2;
    case 'show':
      return show(command, cli);
    case 'verify':
      return verify(command, cli);
    case 'list':
      return list(command, cli);
    case 'rebuild': {
      const { cases, removed } = await cli.rebuilding.rebuild();
      cli.out(`${cases} cases folded, ${removed} stray rows removed\n`);
      return 0;
    }
  }
}

async function show(command: Extract<CaseCommand, { kind: 'show' }>, cli: CaseCli): Promise<number> {
  const tenant = command.tenant ?? (await cli.trails.ownerOf(command.case));
  const trail =
    tenant === undefined ? undefined : await cli.trails.show({ ...command, tenant }, cli.viewer(tenant));
  if (trail === undefined) {
    cli.complain(`no case ${command.case}\n`);
    return 1;
  }
  cli.out(command.json ? `${JSON.stringify(trailJson(trail), null, 2)}\n` : trailText(trail));
  return 0;
}

function trailJson(trail: Trail): object {
  const entry = ({ event, data, why, hash }: Trail['entries'][number]): object => {
    const { id, revision, type, metadata }: StoredEvent = event;
    return { revision, id, type, data, metadata, why, hash };
  };
  return { ...trail, entries: trail.entries.map(entry) };
}

async function verify(command: Extract<CaseCommand, { kind: 'verify' }>, cli: CaseCli): Promise<number> {
  const tenants = command.tenant === undefined ? 'all' : [command.tenant];
  let [streamsChecked, eventsChecked] = [0, 0];
  const faults = [];
  for await (const progress of cli.verification.verify(tenants)) {
    ({ streamsChecked, eventsChecked } = progress);
    faults.push(...progress.faults);
    if (!command.json)
      for (const { kind, stream, revision, detail } of progress.faults)
        cli.out(`${kind}  ${stream}  revision ${revision}  ${detail}\n`);
  }
  if (command.json) cli.out(`${JSON.stringify({ streamsChecked, eventsChecked, faults }, null, 2)}\n`);
  else
    cli.out(
      `${streamsChecked} streams, ${eventsChecked} events checked; ${faults.length === 0 ? 'no fault' : `${faults.length} faults`}\n`,
    );
  return faults.length === 0 ? 0 : 1;
}

const longestList = 200;

async function list(command: Extract<CaseCommand, { kind: 'list' }>, cli: CaseCli): Promise<number> {
  const { tenant, stage, category } = command;
  const { rows, total, more } = await cli.index.list({
    limit: longestList,
    countUpTo: mostCounted,
    ...(tenant === undefined ? {} : { tenant }),
    ...(stage === undefined ? {} : { stage }),
    ...(category === undefined ? {} : { category }),
  });
  if (command.json) {
    cli.out(`${JSON.stringify({ total, more, cases: rows }, null, 2)}\n`);
    return 0;
  }
  const header = ['tenant', 'number', 'stage', 'category', 'registered', 'events', 'id'];
  const lines = rows.map((r) => [
    r.tenant,
    r.caseNumber ?? '–',
    r.stage,
    r.category ?? '–',
    r.registeredAt ?? '–',
    String(r.version),
    r.caseId,
  ]);
  cli.out(`${table([header, ...lines])}\n${rows.length} of ${more ? 'more than ' : ''}${total} cases\n`);
  return 0;
}
