import { join } from 'node:path';
import { Public, Unlimited } from '@balagh/runtime';
import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type Response } from 'express';
import { Intake } from '../../application/intake';
import { knownTenant } from './reporter-request';

/** Static files of the reporters' pages; the same depth in `src` and `dist`. */
export const publicFolder = join(__dirname, '../../../public');

const pageHeaders = {
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'self'; img-src 'self' blob:; style-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'geolocation=(self), camera=(), microphone=()',
};

/** One page for every organisation; the script reads the organisation from the address. */
@ApiExcludeController()
@Public()
@Unlimited()
@Controller()
export class PagesController {
  constructor(@Inject(Intake) private readonly intake: Intake) {}

  @Get()
  home(@Res() response: Response): void {
    this.send(response);
  }

  @Get(':tenant')
  async organisation(@Param('tenant') tenant: string, @Res() response: Response): Promise<void> {
    await knownTenant(this.intake.publicForm, tenant);
    this.send(response);
  }

  private send(response: Response): void {
    response.set(pageHeaders).sendFile('index.html', { root: publicFolder, cacheControl: false });
  }
}
