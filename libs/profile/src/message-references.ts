import { type Stage, caseEventDefinitions } from '@balagh/case-events';
import { checkCondition } from './condition-references';
import { isTemplatePlaceholder, placeholdersIn } from './placeholders';
import { type ReportProblem } from './profile.errors';
import { type Profile } from './profile.schema';

export function checkTemplates(profile: Profile, report: ReportProblem): void {
  profile.templates.forEach((template, i) => {
    if (!(template.trigger in caseEventDefinitions))
      report(`templates.${i}.trigger`, `no case event ${template.trigger}`);
    for (const field of ['ar', 'en', 'subjectAr', 'subjectEn'] as const) {
      for (const name of placeholdersIn(template[field] ?? '')) {
        if (!isTemplatePlaceholder(name)) report(`templates.${i}.${field}`, `unknown placeholder {${name}}`);
      }
    }
    checkCondition(profile, template.when, `templates.${i}.when`, report, dataFieldsOf(template.trigger));
  });
}

/** A template's condition may also ask for plain values of the event itself: `{ "outcome": "RESOLVED" }`. */
function dataFieldsOf(trigger: string): readonly string[] {
  const definition = Object.values(caseEventDefinitions).find((known) => known.type === trigger);
  return definition === undefined ? [] : Object.keys(definition.data.shape);
}

export function checkStatusTexts(profile: Profile, report: ReportProblem): void {
  for (const stage of stages)
    if (!(stage in profile.statusTexts)) report(`statusTexts.${stage}`, 'the stage has no text');
  for (const stage of Object.keys(profile.statusTexts)) {
    if (!stages.some((s) => s === stage)) report(`statusTexts.${stage}`, 'no such stage');
  }
}

/** Every stage a case can stand at (MUS-02, MUS-44); the whole-case fold of `case-events` knows no other. */
const stages = Object.keys({
  OPEN_PAGE: 0,
  REGISTERED: 0,
  WITH_SECOND_LINE: 0,
  WITH_THIRD_LINE: 0,
  TRANSFERRED_EXTERNALLY: 0,
  CONFRONTATION: 0,
  SETTLED: 0,
  WITH_PROSECUTION: 0,
  REPLY_RETURNED: 0,
  REPORTER_INFORMED: 0,
  DECLINED_PERSONAL: 0,
  ANSWERED: 0,
  REDIRECTED_OUT_OF_JURISDICTION: 0,
  CANCELLED_DUPLICATE: 0,
  CLOSED: 0,
} satisfies Record<Stage, 0>);
