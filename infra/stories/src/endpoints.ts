/** Where the running system listens; the launcher writes it to `endpoints.json`. Only public interfaces are listed. */
export interface StoryEndpoints {
  readonly intakeUrl: string;
  readonly simulatorsUrl: string;
  readonly issuerUrl: string;
  readonly grpc: Readonly<Record<string, string>>;
  /** The agencies' entrance over mutual TLS; certificates and keys are files of the demonstration. */
  readonly partner: {
    readonly address: string;
    readonly caFile: string;
    readonly agencies: Readonly<Record<string, { readonly certFile: string; readonly keyFile: string }>>;
  };
}
