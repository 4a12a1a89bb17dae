import { type dispatch } from '@balagh/contracts';
import { type QueueEntry } from '../../domain/queue-entry';

/** The wire form: absent values are empty. */
export function entryMessage(entry: QueueEntry): dispatch.QueueEntry {
  const { caseId, caseNumber, stage, category, caseType, priority, owner, registeredAt, dueAt } = entry;
  const { reminders, escalationLevel, misroutes, decisionVersion, actionsTotal, actionsDone } = entry;
  return {
    ...{ caseId, caseNumber, stage, category, caseType, priority, registeredAt },
    ...{ reminders, escalationLevel, misroutes, decisionVersion, actionsTotal, actionsDone },
    owner:
      owner === undefined ? undefined : { kind: owner.kind, code: owner.code, section: owner.section ?? '' },
    dueAt: dueAt ?? '',
  };
}
