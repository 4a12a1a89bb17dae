import {
  type AnyDefinition,
  type EnumTypeDefinition,
  type MessageTypeDefinition,
  type PackageDefinition,
  loadSync,
} from '@grpc/proto-loader';
import { FileDescriptorProto } from 'protobufjs/ext/descriptor';
import { protoLoaderOptions, resolveProto } from './protos';

interface Field {
  typeName?: string;
}
interface Message {
  readonly name: string;
  readonly field?: readonly Field[];
  readonly nestedType?: readonly Message[];
  readonly enumType?: readonly { readonly name: string }[];
}
interface File {
  name: string;
  readonly package: string;
  dependency: string[];
  readonly messageType?: readonly Message[];
  readonly enumType?: readonly { readonly name: string }[];
  readonly service?: readonly { readonly method?: readonly { inputType: string; outputType: string }[] }[];
}

/**
 * The files as reflection should show them. The loader's own descriptors name types relative to nothing in particular, list no
 * imports and have lost the spelling of fields, so that tools cannot resolve types which several services share: here every type is
 * named in full, imports are listed, files have their paths and fields their names.
 */
export function reflectedFiles(protoPath: readonly string[]): PackageDefinition {
  const loaded = loadSync(protoPath.map(resolveProto), { ...protoLoaderOptions, keepCase: true });
  const files = filesIn(loaded);
  const homes = new Map(
    files.flatMap((file) => typesIn(file).map((type) => [type, pathOf(file.package)] as const)),
  );
  for (const file of files) mend(file, homes);
  const encoded = files.map((file) =>
    Buffer.from(FileDescriptorProto.encode(FileDescriptorProto.fromObject(file)).finish()),
  );
  return Object.fromEntries(
    Object.entries(loaded).map(([name, entry]) => [
      name,
      isType(entry) ? { ...entry, fileDescriptorProtos: encoded } : entry,
    ]),
  );
}

function isType(entry: AnyDefinition): entry is MessageTypeDefinition<object, object> | EnumTypeDefinition {
  return 'format' in entry;
}

function filesIn(loaded: PackageDefinition): readonly File[] {
  const found = new Map<string, File>();
  for (const entry of Object.values(loaded)) {
    if (!isType(entry)) continue;
    for (const bytes of entry.fileDescriptorProtos) {
      const file = FileDescriptorProto.toObject(FileDescriptorProto.decode(bytes)) as File;
      found.set(file.name, file);
    }
  }
  return [...found.values()];
}

/** `balagh.common.v1` → `balagh/common/v1/common.proto`: package is path. */
function pathOf(packageName: string): string {
  const parts = packageName.split('.');
  return [...parts, `${parts.at(-2) ?? ''}.proto`].join('/');
}

function typesIn(file: File): readonly string[] {
  const within = (prefix: string, { name, nestedType = [], enumType = [] }: Message): readonly string[] => {
    const own = `${prefix}.${name}`;
    return [
      own,
      ...nestedType.flatMap((nested) => within(own, nested)),
      ...enumType.map((each) => `${own}.${each.name}`),
    ];
  };
  const { package: prefix, messageType = [], enumType = [] } = file;
  return [
    ...messageType.flatMap((m) => within(prefix, m)),
    ...enumType.map(({ name }) => `${prefix}.${name}`),
  ];
}

function mend(file: File, homes: ReadonlyMap<string, string>): void {
  const own = pathOf(file.package);
  const imports = new Set<string>();
  const full = (name: string, scope: string): string => {
    const found = resolve(name, scope, homes);
    const home = homes.get(found);
    if (home !== undefined && home !== own) imports.add(home);
    return `.${found}`;
  };
  const message = ({ name, field = [], nestedType = [] }: Message, prefix: string): void => {
    const scope = `${prefix}.${name}`;
    for (const each of field) if (each.typeName) each.typeName = full(each.typeName, scope);
    for (const nested of nestedType) message(nested, scope);
  };
  for (const each of file.messageType ?? []) message(each, file.package);
  for (const method of (file.service ?? []).flatMap(({ method: methods = [] }) => methods)) {
    method.inputType = full(method.inputType, file.package);
    method.outputType = full(method.outputType, file.package);
  }
  file.name = own;
  file.dependency = [...imports];
}

/** As the language does it: from the innermost scope outwards. */
function resolve(name: string, scope: string, homes: ReadonlyMap<string, string>): string {
  if (name.startsWith('.')) return name.slice(1);
  const parts = scope.split('.');
  for (let length = parts.length; length >= 0; length -= 1) {
    const candidate = [...parts.slice(0, length), name].join('.');
    if (homes.has(candidate)) return candidate;
  }
  throw new TypeError(`no file declares the type ${name} that ${scope} uses`);
}
