export async function seedStore() {
  throw new Error('todo');
}
