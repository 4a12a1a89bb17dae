import { readdirSync } from 'node:fs';
import { Root } from 'protobufjs';
import { FileDescriptorProto, type IFileDescriptorProto, FileDescriptorSet } from 'protobufjs/ext/descriptor';
import { protoRoot } from '../src';
import { reflectedFiles } from '../src/grpc/reflected-files';

const protos = readdirSync(protoRoot, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.proto'),
);
const served = protos.filter((file) => !file.includes('events/'));

function filesOf(path: string): readonly IFileDescriptorProto[] {
  const encoded = Object.values(reflectedFiles([path])).flatMap((entry) =>
    'fileDescriptorProtos' in entry ? (entry.fileDescriptorProtos as Buffer[]) : [],
  );
  const files = encoded.map((bytes) => FileDescriptorProto.toObject(FileDescriptorProto.decode(bytes)));
  return [...new Map(files.map((file) => [String(file['name']), file as IFileDescriptorProto])).values()];
}

// The extension adds it to the class; its declarations do not say so for this import.
const { fromDescriptor } = Root as unknown as { fromDescriptor(set: object): Root };

describe('reflection', () => {
  it.each(served)(
    '%s: every type is named in full and declared in the file or one that it imports',
    (path) => {
      const files = filesOf(path);
      const declared = new Map(
        files.map((file) => [
          file.name,
          new Set(
            [...(file.messageType ?? []), ...(file.enumType ?? [])].map((t) => `.${file.package}.${t.name}`),
          ),
        ]),
      );
      const strange = files.flatMap((file) => {
        const visible = [file.name, ...(file.dependency ?? [])].flatMap((name) => [
          ...(declared.get(name) ?? []),
        ]);
        const used = [
          ...(file.messageType ?? []).flatMap((m) => (m.field ?? []).map((f) => f.typeName ?? '')),
          ...(file.service ?? []).flatMap((s) =>
            (s.method ?? []).flatMap((m) => [m.inputType, m.outputType]),
          ),
        ].filter((name) => name !== '');
        return used.filter((name) => !visible.includes(name ?? ''));
      });
      expect(strange).toEqual([]);
      expect(files.map(({ name }) => name)).toContain(path);
    },
  );

  it('keeps the names of fields as the files spell them, and a tool can build all types', () => {
    const files = filesOf('balagh/dispatch/v1/dispatch.proto');
    const root = fromDescriptor(FileDescriptorSet.fromObject({ file: [...files] })).resolveAll();
    expect(root.lookupType('balagh.dispatch.v1.ReferCaseRequest').fields).toHaveProperty('case_id');
    expect(root.lookupType('balagh.common.v1.CommandHeader').fieldsArray.length).toBeGreaterThan(3);
  });
});
