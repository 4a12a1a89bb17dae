import { type CaseEvent, caseStream } from '@balagh/case-events';
import { type CommandContext } from '@balagh/event-store';
import { foldIntakeCase } from '../domain/intake-case';
import { type LinkRepeat, linkRepeatDecider } from '../domain/link-repeat.decider';
import { type Answered, type Desk, decideOnPage } from './case-desk';

export interface LinkRepeatRequest {
  readonly originalCaseId: string;
  readonly repeatCaseId: string;
  readonly policy: LinkRepeat['policy'];
}

/** Tells the original that it was repeated (S6). */
export class LinkRepeatHandler {
  constructor(private readonly desk: Desk) {}

  async handle(
    context: CommandContext,
    { originalCaseId, repeatCaseId, policy }: LinkRepeatRequest,
  ): Promise<Answered> {
    const repeat = foldIntakeCase((await this.desk.streams.load<CaseEvent>(caseStream(repeatCaseId))).events);
    const repeatNumber = repeat.registration?.caseNumber ?? '';
    // The message's revision is the repeat's, not the original's.
    const { atLeastRevision: _, ...onOriginal } = context;
    return decideOnPage(this.desk, onOriginal, originalCaseId, (state) =>
      linkRepeatDecider.decide({ repeatCaseId, repeatNumber, policy }, state),
    );
  }
}
