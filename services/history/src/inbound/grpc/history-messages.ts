import { type history } from '@balagh/contracts';
import { type Trail, type TrailEntry } from '../../application/show-trail.handler';
import { type CaseIndexRow } from '../../domain/case-index-row';

export function trailMessage(trail: Trail): history.Trail {
  return {
    caseId: trail.caseId,
    caseNumber: trail.caseNumber,
    entries: trail.entries.map(entryMessage),
    stateJson: JSON.stringify(trail.state),
    version: trail.version,
    versions: trail.versions,
  };
}

function entryMessage({ event, data, hash }: TrailEntry): history.TrailEntry {
  const { metadata } = event;
  return {
    revision: event.revision,
    recordedAt: metadata.recordedAt,
    occurredAt: metadata.occurredAt,
    type: event.type,
    line: metadata.line,
    actor: metadata.actor.id,
    organisation: metadata.actor.organisation,
    channel: metadata.channel ?? '',
    dataJson: JSON.stringify(data),
    correlationId: metadata.correlationId,
    causationId: metadata.causationId,
    profileVersion: metadata.profileVersion ?? 0,
    hash,
  };
}

export function summaryMessage(row: CaseIndexRow): history.CaseSummary {
  return {
    caseId: row.caseId,
    caseNumber: row.caseNumber ?? '',
    stage: row.stage,
    category: row.category ?? '',
    registeredAt: row.registeredAt ?? '',
    versions: row.version,
  };
}
