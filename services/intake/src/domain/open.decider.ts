import { type IntakeForm, type Sealed } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { type Profile } from '@balagh/profile';
import { usableChannel } from './classification';
import { capability } from './intake-case';

export interface OpenCase {
  readonly caseId: string;
  readonly subjectId: string;
  readonly channel: string;
  readonly contactReference?: Sealed;
  /** What the contact's own number or handle already answers, e.g. the phone of a WhatsApp message. */
  readonly known?: IntakeForm;
  readonly profile: Profile;
  /** Day of the tenant. */
  readonly today: string;
}

/** Opens a page: the first event of the case (MUS-08). No hour of the day is refused (QAT-09). */
export const openDecider = capability<OpenCase>((command, state) => {
  if (state.phase !== 'absent') return accept();
  const channel = usableChannel(command.profile, command.channel, command.today);
  if (!('kind' in channel)) return { kind: 'rejected', rejection: channel };
  const { caseId, subjectId, contactReference, known } = command;
  return accept(
    {
      type: 'CaseOpened',
      data: {
        caseId,
        channel: channel.code,
        subjectId,
        ...(contactReference !== undefined && { contactReference }),
      },
    },
    ...(known === undefined ? [] : [{ type: 'FormFilled' as const, data: { form: known } }]),
  );
});
