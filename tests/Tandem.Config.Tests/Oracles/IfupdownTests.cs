using CsCheck;
using Tandem.Config.Export;
using Tandem.Config.Tests.Import;
using Tandem.Config.Tests.Specs;
using Xunit;

namespace Tandem.Config.Tests.Oracles;

/// <summary>ifupdown-ng itself reads the exported files, and its result is imported as the same bond.</summary>
public sealed class IfupdownTests
{
    private const string Ifquery = "sbin/ifquery";

    [Fact]
    public async Task What_is_written_for_ifupdown_is_understood_by_ifquery()
    {
        var ifquery = Oracle.Find(Ifquery);
        await SpecGenerator.Spec.SampleAsync(
            async spec =>
            {
                var bond = new NamedBond("bond0", Files.RoundTripTests.WithPlainNames(spec));
                var exported = Exporters.All.Single(exporter => exporter.Name == "ifupdown").Write([bond]);
                if (exported.Notes.Count > 0 || bond.Spec.Members is not { Count: > 0 })
                    return;
                using var tree = Tree.Of(("written", exported.Files[0].Text));
                var (exitCode, output, error) = await Oracle.RunAsync(ifquery, "-i", Path.Combine(tree.Root, "written"), "bond0");
                Assert.True(exitCode == 0, error);
                tree.Write("etc/network/interfaces", output);
                var read = ImporterTests.Read("ifupdown", tree);
                Assert.Empty(read.Notes);
                // ifquery printed only the bond's stanza, which has no options of members.
                var wanted = bond.Spec with
                {
                    Members = [.. bond.Spec.Members.Select(member => member with { Options = null })],
                };
                Assert.Equal(Texts.Json(wanted), Texts.Json(Assert.Single(read.Bonds).Spec));
            },
            iter: 100,
            threads: 1
        );
    }
}
