import { type CaseView, type Line } from '@balagh/case-events';
import { type Facts, type Profile } from '@balagh/profile';
import { type CaseProgress } from './case-progress';

export interface Option {
  readonly value: string;
  /** Names from the profile; without them the console translates the value. */
  readonly ar?: string;
  readonly en?: string;
}

export interface ActionField {
  readonly name: string;
  readonly kind: 'text' | 'textarea' | 'select' | 'many' | 'owner' | 'date' | 'lines';
  readonly required: boolean;
  readonly maxLength?: number;
  readonly options?: readonly Option[];
  /** Offered as a first answer. */
  readonly preset?: string;
}

/** What a person can do to a case: which service decides it, who may, when it is offered, what it asks. */
export interface ActionDefinition {
  readonly action: string;
  readonly service: 'intake' | 'routing' | 'dispatch';
  /** Method of the service's gRPC contract. */
  readonly method: string;
  /** Entry of the permission table. */
  readonly permission: string;
  readonly offered: (situation: Situation) => boolean;
  /** The step that usually comes next in this situation. */
  readonly primary?: (situation: Situation) => boolean;
  readonly fields: (situation: Situation) => readonly ActionField[];
}

/** Everything that the offer depends on. `now` is RFC 3339. */
export interface Situation {
  readonly view: CaseView;
  readonly progress: CaseProgress;
  readonly profile: Profile;
  /** Support lines on which the person at the screen has acted on this case. */
  readonly linesHeld: readonly Line[];
  readonly now: string;
}

export const text = (name: string, required: boolean, maxLength = 300): ActionField => ({
  name,
  kind: 'text',
  required,
  maxLength,
});
export const area = (name: string, required: boolean, maxLength = 4000): ActionField => ({
  name,
  kind: 'textarea',
  required,
  maxLength,
});
export const select = (name: string, options: readonly Option[], preset?: string): ActionField => ({
  name,
  kind: 'select',
  required: true,
  options,
  ...(preset !== undefined && options.some((o) => o.value === preset) ? { preset } : {}),
});
export const values = (...codes: readonly string[]): readonly Option[] => codes.map((value) => ({ value }));
export const named = (
  entries: readonly { readonly code: string; readonly names: { ar: string; en: string } }[],
): readonly Option[] => entries.map(({ code, names }) => ({ value: code, ...names }));

/** Non-personal facts of the case as far as known now, for the profile's rules. */
export function factsOf(view: CaseView): Facts {
  const { filled: _, needFlags: __, location: ___, ...form } = view.form;
  const plain = Object.fromEntries(
    Object.entries(form).filter(([, v]) => typeof v !== 'string' || !v.startsWith('sealed:')),
  );
  return {
    ...(plain as Facts),
    channel: view.channel,
    ...(view.category === undefined ? {} : { category: view.category }),
  };
}
