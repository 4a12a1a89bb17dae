import { photoBytes } from './photo';
import { type Staff } from './world';

export interface Complaint {
  readonly phone: string;
  readonly civilNumber: string;
  readonly shopAddress: string;
  readonly invoiceNumber: string;
}

/** A consumer complaint with the six required data (KWT-11), the invoice as a photo; not registered yet. */
export async function openComplaint(
  agent: Staff,
  complaint: Complaint,
  { withInvoice = true, saleChannel = 'SHOP' } = {},
): Promise<string> {
  const { caseId } = await agent.command('Intake', 'OpenCase', {
    channel: 'WHATSAPP',
    contactReference: complaint.phone,
  });
  const form = {
    caseType: 'COMPLAINT',
    category: 'CONSUMER_COMPLAINT',
    language: 'ar',
    reporterName: 'سالم مثال الاختبار',
    details: 'المحل يرفض استبدال جهاز معيب',
    shopName: 'محل مثال',
    respondentName: 'صاحب محل مثال',
    respondentPhone: '+96555000001',
    saleChannel,
    shopLicensed: true,
    ...complaint,
  };
  await agent.command('Intake', 'FillForm', { caseId, form });
  if (withInvoice) await addInvoice(agent, caseId);
  return caseId;
}

export async function addInvoice(agent: Staff, caseId: string): Promise<void> {
  await agent.command('Intake', 'AddAttachment', { caseId, kind: 'INVOICE', content: photoBytes() });
}

/** Twelve digits that belong to nobody. */
export function inventedCivilNumber(): string {
  return `2${String(Math.floor(Math.random() * 1e11)).padStart(11, '0')}`;
}
