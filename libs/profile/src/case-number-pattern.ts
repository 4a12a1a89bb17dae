import { type ReportProblem } from './profile.errors';
import { type Profile } from './profile.schema';

const parts = ['{prefix}', '{year}', '{number}'];
/** What a reporter types is compared in capitals, without blanks around it. */
const literal = /^[A-Z0-9_/.-]*$/;

/** A pattern without year or number gives a number twice; one with small letters gives numbers that nobody finds (AMB-43). */
export function checkCaseNumber({ caseNumber }: Profile, report: ReportProblem): void {
  const { pattern, prefix } = caseNumber;
  for (const part of parts) {
    const count = pattern.split(part).length - 1;
    if (count !== 1) report('caseNumber.pattern', `${part} must stand in it exactly once`);
  }
  const rest = parts.reduce((text, part) => text.replaceAll(part, ''), pattern);
  if (/[{}]/.test(rest))
    report('caseNumber.pattern', 'no other placeholder than {prefix}, {year} and {number}');
  else if (!literal.test(rest))
    report('caseNumber.pattern', 'only capital letters, digits and _ / . - beside the placeholders');
  if (!/^[A-Z0-9-]+$/.test(prefix))
    report('caseNumber.prefix', 'only capital letters, digits and -, at least one');
}
