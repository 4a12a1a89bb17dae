import { type UseFormReturnType, useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import { type CasePage } from '../api/types';
import { type FormBase, answersNamed, differing, mergePage } from './form-base';
import { type Answers } from './form-state';

interface Sharing {
  readonly base: FormBase;
  readonly advance: (base: FormBase) => void;
  /** Own answers are under way: nothing is taken over until it is known what became of them. */
  readonly busy: boolean;
}

export interface SharedForm {
  readonly form: UseFormReturnType<Answers>;
  /** Names of the answers that are not in the case yet. */
  readonly unsaved: readonly string[];
  /** Those of them that somebody else changed, too: the person chooses before anything is sent. */
  readonly contested: readonly string[];
  readonly keepMine: (name: string) => void;
  readonly takeTheirs: (name: string) => void;
}

/** The form of a page that others may fill at the same time: follows the page where nobody touched it here. */
export function useSharedForm(page: CasePage, { base, advance, busy }: Sharing): SharedForm {
  const form = useForm<Answers>({ initialValues: base.answers });
  const [undecided, setUndecided] = useState<readonly string[]>([]);
  const take = (answers: Answers): void => {
    for (const [field, answer] of Object.entries(answers)) form.setFieldValue(field, answer);
  };
  useEffect(() => {
    const merge = busy ? undefined : mergePage(base, page, form.getValues());
    if (merge === undefined) return;
    advance(merge.base);
    setUndecided((before) => [...new Set([...before, ...merge.contested])]);
    take(merge.taken);
  });
  const keepMine = (name: string): void => setUndecided((before) => before.filter((other) => other !== name));
  const unsaved = differing(base.answers, form.values);
  return {
    form,
    unsaved,
    contested: undecided.filter((name) => unsaved.includes(name)),
    keepMine,
    takeTheirs: (name) => {
      take(answersNamed([name], base.answers));
      keepMine(name);
    },
  };
}
