import { Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { PLATFORM, type Platform, Public, replyWithProblem } from '@balagh/runtime';
import type { Request, Response } from 'express';
import { type BackofficeConfig } from '../../application/config.schema';
import {
  type IdentityProvider,
  type SignInAttempt,
  SignInFailed,
  attemptSchema,
} from '../../application/identity-provider.port';
import { type Sealing, sealingUnder } from '../../application/sealing';
import { Sessions } from '../../application/sessions';
import { BACKOFFICE_CONFIG, IDENTITY_PROVIDER, SESSION_COOKIES } from './tokens';
import { type SessionCookies } from './session-cookie';
import { forgery } from './session.middleware';

/** Sign-in and sign-out (design §3.12). */
@Controller('auth')
@Public()
export class SessionController {
  private readonly sealing: Sealing;

  constructor(
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(IDENTITY_PROVIDER) private readonly identity: IdentityProvider,
    @Inject(SESSION_COOKIES) private readonly cookies: SessionCookies,
    @Inject(BACKOFFICE_CONFIG) private readonly config: BackofficeConfig,
    @Inject(PLATFORM) private readonly platform: Platform,
  ) {
    this.sealing = sealingUnder(config.SESSION_SECRET, 'sign-in-attempt');
  }

  @Get('sign-in')
  async signIn(
    @Req() request: Request,
    @Res() response: Response,
    @Query('returnTo') returnTo?: string,
  ): Promise<void> {
    const here = new URL(this.config.PUBLIC_URL);
    // The issuer sends the browser back to PUBLIC_URL only, and cookies do not follow it from another host.
    if (request.headers.host !== here.host) {
      response.redirect(303, new URL(request.originalUrl, here).href);
      return;
    }
    const { address, attempt } = await this.identity.begin(localPath(returnTo));
    this.cookies.setAttempt(response, this.sealing.seal(JSON.stringify(attempt)));
    response.redirect(303, address);
  }

  @Get('callback')
  async callback(@Req() request: Request, @Res() response: Response): Promise<void> {
    const attempt = this.attemptOf(request);
    this.cookies.clearAttempt(response);
    if (attempt === undefined) {
      this.failed(response, 'SIGN_IN_EXPIRED');
      return;
    }
    try {
      const tokens = await this.identity.complete(
        new URL(request.originalUrl, this.config.PUBLIC_URL),
        attempt,
      );
      this.cookies.setSession(response, await this.sessions.start(tokens));
      this.platform.log.info({ event: 'session.started' });
      response.redirect(303, attempt.returnTo);
    } catch (error) {
      if (!(error instanceof SignInFailed)) throw error;
      this.failed(response, error.code);
    }
  }

  /** Answers where the browser should go: the issuer's own sign-out, or back to the start. */
  @Post('sign-out')
  @HttpCode(200)
  async signOut(@Req() request: Request, @Res() response: Response): Promise<void> {
    const forged = forgery(request, new URL(this.config.PUBLIC_URL).origin);
    if (forged !== undefined) {
      replyWithProblem(response, forged);
      return;
    }
    const cookie = this.cookies.session(request);
    if (cookie !== undefined) await this.sessions.end(cookie);
    this.cookies.clearSession(response);
    this.platform.log.info({ event: 'session.ended' });
    response.json({ location: (await this.endAddress()) ?? '/' });
  }

  /** The session here is over in any case: an issuer that does not answer must not keep the person signed in. */
  private async endAddress(): Promise<string | undefined> {
    try {
      return await this.identity.endAddress();
    } catch {
      return undefined;
    }
  }

  private failed(response: Response, code: string): void {
    this.platform.log.warn({ event: 'session.sign-in-failed', code });
    response.redirect(303, `/?signIn=${code}`);
  }

  private attemptOf(request: Request): SignInAttempt | undefined {
    const plain = this.sealing.unseal(this.cookies.attempt(request) ?? '');
    if (plain === undefined) return undefined;
    const attempt = attemptSchema.safeParse(JSON.parse(plain));
    return attempt.success && attempt.data.expiresAt > this.platform.clock.now().getTime()
      ? attempt.data
      : undefined;
  }
}

/** Only a path of this console: never another site (open redirect). */
export function localPath(asked: string | undefined): string {
  return asked !== undefined && /^\/(?![/\\])[\w\-./?=&%]*$/.test(asked) && asked.length <= 500 ? asked : '/';
}
