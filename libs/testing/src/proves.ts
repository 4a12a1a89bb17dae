import { appendFileSync } from 'node:fs';

/**
 * Declares the requirement ids that the running test proves. First line of a test body:
 * `proves('MUS-11')`. An id counts only if this test ran and was green: the reporter in `infra/requirements` joins
 * the record with the result. Outside a run that records, it only checks the ids' form.
 */
export function proves(...ids: readonly string[]): void {
  const malformed = ids.find((id) => !/^(QAT|BAH|MUS|OMH|KWT|SYS)-\d{2}$/.test(id));
  if (malformed !== undefined || ids.length === 0)
    throw new Error(`not a requirement id: ${malformed ?? '(none)'}`);
  const file = process.env['BALAGH_PROOFS_FILE'];
  if (file === undefined) return;
  const { currentTestName, testPath } = expect.getState();
  appendFileSync(file, `${JSON.stringify({ testPath, test: currentTestName, ids })}\n`);
}
