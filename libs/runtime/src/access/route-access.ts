import { SetMetadata } from '@nestjs/common';

const publicKey = 'balagh:public';
const unlimitedKey = 'balagh:unlimited';
export const routeAccess = { publicKey, unlimitedKey } as const;

/** No token is asked for; on HTTP the caller's address is rate limited. A token that is sent is verified all the same. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(publicKey, true);

/** Takes an open HTTP route out of the rate limit: health, and web hooks that carry a secret of their own. */
export const Unlimited = (): MethodDecorator & ClassDecorator => SetMetadata(unlimitedKey, true);
