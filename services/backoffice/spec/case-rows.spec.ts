import { caseRowsContract } from './case-rows.contract';
import { createMemoryRows } from './memory-rows';

describe('work lists in memory', () => {
  caseRowsContract(async () => createMemoryRows());
});
