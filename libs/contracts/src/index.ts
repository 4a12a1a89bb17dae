/** Types generated from `proto/` by `npm run proto`; never edited by hand. */
export * as common from './generated/balagh/common/v1/common';
export * as intake from './generated/balagh/intake/v1/intake';
export * as routing from './generated/balagh/routing/v1/routing';
export * as dispatch from './generated/balagh/dispatch/v1/dispatch';
export * as partner from './generated/balagh/partner/v1/partner';
export * as notification from './generated/balagh/notification/v1/notification';
export * as history from './generated/balagh/history/v1/history';
