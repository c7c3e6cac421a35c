// The lines of CHANGELOG.md: the text of a change without the hash of its commit, and the versions of our packages that it needs.
exports.getReleaseLine = async ({ summary }) => `- ${summary.trim().replace(/\n(?=.)/g, '\n  ')}`;
exports.getDependencyReleaseLine = async (_changes, packages) => {
  const needed = packages.map(({ name, newVersion }) => `${name} ${newVersion}`);
  return needed.length > 0 ? `- Needs ${needed.join(', ')} or later.` : '';
};
