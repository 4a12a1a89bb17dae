/**
 * Numbers of cases: unique per organisation and year, reserved for one case (AMB-43). Gaps are allowed.
 * A case that asks again gets the same number, whatever year it is by then.
 */
export interface CaseNumbers {
  /** @param year `YYYY` in the organisation's time zone. Retry-safe. */
  reserve(tenant: string, year: string, caseId: string): Promise<ReservedNumber>;
  /** The next number of that year will be higher than `number`. For counters behind the event store. */
  raise(tenant: string, year: string, number: number): Promise<void>;
  /** How far the event store was searched for numbers; undefined: never. */
  searchedTo(): Promise<string | undefined>;
  markSearched(position: string): Promise<void>;
}

export interface ReservedNumber {
  readonly year: string;
  readonly number: number;
}
