import { type Names, type Profile, type Profiles, localDay } from '@balagh/profile';
import { usableChannel } from '../domain/classification';

interface Choice {
  readonly code: string;
  readonly names: Names;
}

/** What a reporter's form offers and asks for, from the profile in force: nothing internal. */
export interface PublicForm {
  readonly tenant: string;
  readonly names: Names;
  readonly centre: Names;
  readonly languages: readonly string[];
  readonly channels: readonly (Choice & { readonly kind: string })[];
  readonly caseTypes: readonly Choice[];
  readonly categories: readonly (Choice & { readonly caseTypes?: readonly string[] })[];
  readonly subjects: readonly Choice[];
  readonly sectors: readonly Choice[];
  readonly themes: readonly Choice[];
  readonly clientTypes: readonly Choice[];
  readonly needFlags: readonly Choice[];
  readonly directorates: readonly (Choice & { readonly sections: readonly Choice[] })[];
  /** `when` holds facts → allowed values; the field is asked for when all hold. */
  readonly requiredFields: Profile['requiredFields'];
  readonly attachments: Profile['attachments'];
}

/** The public entrance of an organisation. */
export class PublicFormHandler {
  constructor(
    private readonly profiles: Profiles,
    private readonly now: () => string,
  ) {}

  /** Undefined when there is no such organisation. */
  async handle(tenant: string): Promise<PublicForm | undefined> {
    if (!(await this.knows(tenant))) return undefined;
    const { profile } = await this.profiles.latest(tenant);
    const today = localDay(this.now(), profile.timeZone);
    const choice = ({ code, names }: Choice): Choice => ({ code, names });
    const inForce = ({ activeFrom }: { readonly activeFrom?: string | undefined }): boolean =>
      activeFrom === undefined || activeFrom <= today;
    return {
      tenant,
      names: profile.names,
      centre: profile.centre,
      languages: profile.languages,
      channels: profile.channels
        .filter((c) => c.selfService && 'kind' in usableChannel(profile, c.code, today))
        .map((c) => ({ ...choice(c), kind: c.kind })),
      caseTypes: profile.caseTypes.map(choice),
      categories: profile.categories
        .filter(inForce)
        .map((c) => ({ ...choice(c), ...(c.caseTypes && { caseTypes: c.caseTypes }) })),
      subjects: profile.subjects.map(choice),
      sectors: profile.sectors.map(choice),
      themes: profile.themes.map(choice),
      clientTypes: profile.clientTypes.map(choice),
      needFlags: profile.needFlags.map(choice),
      directorates: profile.directorates.map((d) => ({ ...choice(d), sections: d.sections.map(choice) })),
      requiredFields: profile.requiredFields,
      attachments: profile.attachments,
    };
  }

  /** Organisations whose web channel is open to reporters now. */
  async organisations(): Promise<readonly Choice[]> {
    const forms = await Promise.all((await this.profiles.tenants()).map((tenant) => this.handle(tenant)));
    return forms
      .filter((form) => form !== undefined)
      .filter(({ channels }) => channels.some(({ kind }) => kind === 'WEB'))
      .map(({ tenant, names }) => ({ code: tenant, names }));
  }

  async knows(tenant: string): Promise<boolean> {
    return (await this.profiles.tenants()).includes(tenant);
  }
}
