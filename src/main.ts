export async function run(args: readonly string[]): Promise<void> {
  await Promise.resolve(args);
}
