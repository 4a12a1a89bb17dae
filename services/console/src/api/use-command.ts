import { useRef } from 'react';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { newKey } from './client';
import { type Problem, problemOf } from './problem';

/**
 * One write of a person. Its command id stays the same while nothing is known about the outcome, so pressing again after
 * a lost connection repeats nothing; after a definite answer the next press is a new command.
 */
export function useCommand<Input, Answer>(
  send: (key: string, input: Input) => Promise<Answer>,
): UseMutationResult<Answer, Problem, Input> {
  const key = useRef(newKey());
  const queries = useQueryClient();
  return useMutation<Answer, Problem, Input>({
    mutationFn: async (input) => {
      try {
        const answer = await send(key.current, input);
        key.current = newKey();
        return answer;
      } catch (error) {
        const problem = problemOf(error);
        if (!problem.mayBeRepeated) key.current = newKey();
        throw problem;
      }
    },
    onSettled: async () => {
      await Promise.all(
        ['case', 'cases', 'counts'].map((first) => queries.invalidateQueries({ queryKey: [first] })),
      );
    },
  });
}
