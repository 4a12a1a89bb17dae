import { type DispatchCase, type DispatchInput } from './dispatch-state';

/** The part of the fold that follows the reply to the reporter until the page is closed. */
export function evolveTelling(state: DispatchCase, event: DispatchInput): Partial<DispatchCase> {
  switch (event.type) {
    case 'ReplyIssued':
      return {
        replied: true,
        replyRevision: event.revision,
        replyMessages: {},
        handled: [...state.handled, event.data.replyId],
      };
    case 'ReporterContactAttempted':
      return {
        attempts: [...state.attempts, event.data.channel],
        handled: [...state.handled, event.data.attemptId],
      };
    case 'ReporterInformed':
      return {
        informedBy: [...state.informedBy, event.data.channel],
        firstInformedAt: state.firstInformedAt ?? event.metadata?.recordedAt,
      };
    case 'CaseClosed':
      return { closing: { outcome: event.data.outcome, closedAt: event.data.closedAt } };
    case 'NotificationRequested': {
      const { messageId, trigger, triggerRevision, recipient, channels } = event.data;
      if (trigger === 'ReplyIssued' && recipient === 'REPORTER') {
        // Notification may be behind: a request for an earlier reply may come after the latest one.
        if (triggerRevision !== state.replyRevision) return {};
        return { replyMessages: { ...state.replyMessages, [messageId]: channels } };
      }
      if (trigger !== 'CaseReferredToProsecution' || recipient !== 'RESPONDENT') return {};
      return { respondentMessages: { ...state.respondentMessages, [messageId]: false } };
    }
    case 'NotificationSent':
    case 'NotificationFailed': {
      const { messageId } = event.data;
      if (state.respondentMessages[messageId] === undefined) return {};
      return { respondentMessages: { ...state.respondentMessages, [messageId]: true } };
    }
    default:
      return {};
  }
}
