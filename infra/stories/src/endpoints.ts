/** Where the running system listens; the launcher writes it to `endpoints.json`. Only public interfaces are listed. */
export interface StoryEndpoints {
  readonly intakeUrl: string;
  readonly simulatorsUrl: string;
  readonly issuerUrl: string;
  readonly grpc: Readonly<Record<string, string>>;
}
