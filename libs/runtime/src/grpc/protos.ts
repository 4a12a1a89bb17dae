import { isAbsolute, join, resolve } from 'node:path';

/** Folder of the contracts: `proto/` of the repository, in an image beside `libs/` as well. */
export const protoRoot = resolve(__dirname, '../../../../proto');

/** Options under which proto-loader's objects match the types that ts-proto generates. */
export const protoLoaderOptions = {
  keepCase: false,
  longs: String,
  enums: String,
  defaults: true,
  arrays: true,
  // Without it an `optional` field would add a key of its own (`_shopLicensed`) to the request.
  oneofs: false,
  includeDirs: [protoRoot],
};

/** `balagh.intake.v1` → the file that declares it. */
export function protoFileOf(packageName: string): string {
  const parts = packageName.split('.');
  return join(protoRoot, ...parts, `${parts.at(-2) ?? ''}.proto`);
}

/** Absolute paths stay; others are relative to `proto/`, with or without that prefix. */
export function resolveProto(path: string): string {
  return isAbsolute(path) ? path : join(protoRoot, path.replace(/^(\.\/)?proto\//, ''));
}
