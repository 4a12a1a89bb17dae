// Story S3 (infra/stories/src/s3-water-note.story.ts), one case.
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../local/setup.mjs';

const require = createRequire(join(root, 'package.json'));
export const smallestPhoto = require(join(root, 'infra/stories/dist/photo.js')).photoBytes();

/** In their order; `queued`, `listed` and `informed` are waited for, the others are calls. */
export const steps = [
  'report',
  'queued',
  'transfer',
  'followUp',
  'listed',
  'read',
  'acknowledge',
  'action',
  'resolution',
  'reply',
  'informed',
  'close',
];

/** @param photos the bytes of each. @returns the case with the milliseconds of each step */
export async function playCase(desk, photos) {
  const took = {};
  const timed = async (step, work) => {
    const begun = performance.now();
    const result = await work;
    took[step] = Math.round((performance.now() - begun) * 100) / 100;
    return result;
  };
  const begunAt = performance.now();
  const { reportId: caseId, caseNumber } = await timed('report', desk.report(report(), photos));
  const command = (method, request = {}) => desk.command(method, randomUUID(), { caseId, ...request });

  await timed('queued', desk.queue.find(caseId, `case ${caseId} in the second line’s queue`));
  await timed('transfer', command('TransferCase'));
  const listed = timed('listed', desk.transfers.find(caseNumber, `the transfer of case ${caseId}`));
  await timed('followUp', command('RecordFollowUp', { note: 'تواصلنا مع شركة المياه وأكدت الاستلام' }));
  const { transferId } = await listed;
  await solve(desk, transferId, timed);

  await timed('reply', command('IssueReply'));
  await timed(
    'informed',
    desk.queue.find(
      caseId,
      `the reporter of case ${caseId} informed`,
      ({ stage }) => stage === 'REPORTER_INFORMED',
    ),
  );
  await timed('close', command('CloseCase'));
  return { caseId, caseNumber, took, wholeMs: Math.round(performance.now() - begunAt) };
}

async function solve(desk, transferId, timed) {
  const call = (method, request) => desk.agency(method, { transferId, commandId: randomUUID(), ...request });
  await timed('read', desk.agency('GetTransfer', { transferId }));
  await timed('acknowledge', call('Acknowledge', { externalReference: 'HW-2026-77' }));
  await timed('action', call('AddAction', { description: 'فريق الصيانة في الموقع', state: 'DONE' }));
  await timed('resolution', call('ReturnResolution', { resolution: 'تم إصلاح التسرب', result: 'SOLVED' }));
}

/** Phones and addresses that nobody has. */
function report() {
  return {
    channel: 'MOBILE_APP',
    form: {
      caseType: 'NOTE',
      category: 'WATER',
      language: 'ar',
      details: 'تسرب مياه في الشارع أمام المنزل',
      location: { latitude: 23.588, longitude: 58.383 },
      preferredChannel: 'EMAIL',
      phone: `+9689${randomInt(1_000_000, 9_999_999)}`,
      email: `reporter.${randomBytes(4).toString('hex')}@mail.example`,
    },
  };
}
