import { type Profile, type Profiles } from '@balagh/profile';
import { type Clock, type Principal, AccessDenied } from '@balagh/runtime';

/** What the console needs of an organisation's profile: codes and names, no contacts of anybody. */
export class ShowProfile {
  constructor(
    private readonly profiles: Profiles,
    private readonly clock: Clock,
  ) {}

  /** @throws AccessDenied TENANT_FOREIGN */
  async show(principal: Principal, tenant: string) {
    if (!principal.tenants.includes(tenant)) throw new AccessDenied('TENANT_FOREIGN', 'profile.view');
    const { profile, version } = await this.profiles.latest(tenant);
    return { version, ...publicParts(profile, this.clock.now().toISOString().slice(0, 10)) };
  }

  /** The organisations that an account may act in, with names; unknown ones by their code. */
  async tenantsOf(
    principal: Principal,
  ): Promise<readonly { readonly code: string; readonly ar: string; readonly en: string }[]> {
    return Promise.all(
      principal.tenants.map(async (code) => {
        try {
          const { profile } = await this.profiles.latest(code);
          return { code, ...profile.names };
        } catch {
          return { code, ar: code, en: code };
        }
      }),
    );
  }
}

const namedOnly = (
  entries: readonly { readonly code: string; readonly names: { ar: string; en: string } }[],
) => entries.map(({ code, names }) => ({ code, names }));

function publicParts(profile: Profile, today: string) {
  const begun = ({ activeFrom }: { readonly activeFrom?: string | undefined }): boolean =>
    activeFrom === undefined || activeFrom <= today;
  return {
    tenant: profile.tenant,
    names: profile.names,
    centre: profile.centre,
    timeZone: profile.timeZone,
    languages: profile.languages,
    phoneRegion: profile.phoneRegion,
    channels: profile.channels
      .filter((c) => c.enabled && begun(c))
      .map(({ code, names, kind, answersBy, reporterOptional, selfService }) => ({
        code,
        names,
        kind,
        answersBy,
        reporterOptional,
        selfService,
      })),
    caseTypes: profile.caseTypes,
    categories: profile.categories
      .filter(begun)
      .map(({ code, names, caseTypes, sector }) => ({ code, names, caseTypes, sector })),
    subjects: namedOnly(profile.subjects),
    sectors: namedOnly(profile.sectors),
    themes: namedOnly(profile.themes),
    clientTypes: namedOnly(profile.clientTypes),
    needFlags: namedOnly(profile.needFlags),
    directorates: profile.directorates.map(({ code, names, sections }) => ({
      code,
      names,
      sections: namedOnly(sections),
    })),
    units: namedOnly(profile.units),
    committees: namedOnly(profile.committees),
    offices: namedOnly(profile.offices),
    teams: namedOnly(profile.teams),
    agencies: profile.agencies.map(({ code, names, mode }) => ({ code, names, mode })),
    otherBodies: namedOnly(profile.otherBodies),
    reporterChannels: profile.reporterChannels,
    requiredFields: profile.requiredFields.map(({ field, names, when }) => ({ field, names, when })),
    attachments: profile.attachments,
  };
}
