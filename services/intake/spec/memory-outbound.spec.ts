import { caseNumbersContract } from './case-numbers.contract';
import { duplicateKeysContract } from './duplicate-keys.contract';
import { MemoryCaseNumbers, MemoryDuplicateKeys } from './memory-outbound';

caseNumbersContract('in memory', () => new MemoryCaseNumbers());
duplicateKeysContract('in memory', () => new MemoryDuplicateKeys());
