using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Links;

/// <summary>A bond or a member in the output of <c>link show</c>.</summary>
/// <param name="Link">The device.</param>
/// <param name="Bond">The bond; null for a member.</param>
/// <param name="Member">The member; null for a bond.</param>
internal sealed record ListedLink(LinkAttributes Link, BondResource? Bond, MemberResource? Member)
{
    /// <summary>Bonds and members in the order of their ifindex.</summary>
    public static List<ListedLink> Of(IEnumerable<BondResource> bonds) =>
        [
            .. bonds
                .SelectMany(bond =>
                    bond.Members.Select(member => new ListedLink(member.Link, null, member)).Prepend(new ListedLink(bond.Link, bond, null))
                )
                .OrderBy(listed => listed.Link.Ifindex),
        ];
}

/// <summary><c>tandem link show</c>: bonds and members in the text and JSON of <c>ip link show</c>.</summary>
internal static class LinkShow
{
    /// <summary>Selectors of <c>ip link show</c> that this command lacks.</summary>
    private static readonly string[] OtherSelectors = ["group", "vrf", "nomaster"];

    /// <summary>Runs the command with the arguments after <c>link show</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        string? name = null;
        string? kind = null;
        string? master = null;
        var isUp = false;
        while (!arguments.AtEnd)
        {
            var word = arguments.Take();
            if (word == "dev")
                name = arguments.Value(word);
            else if (word == "master")
                master = arguments.Value(word);
            else if (Keyword.Matches(word, "type"))
                kind = Kind(arguments.Value("type"));
            else if (word == "up")
                isUp = true;
            else if (OtherSelectors.Contains(word, StringComparer.Ordinal))
                throw new CommandException(
                    ExitCode.Syntax,
                    $"{word}: not supported as a selector; accepted: NAME, type, master, up (use \"ip link show {word} ...\" for devices of the kernel)"
                );
            else if (Keyword.IsHelp(word, name is null))
            {
                await context.Output.WriteAsync(HelpText.Link);
                return;
            }
            else
                name = BondWords.FirstName(name, word);
        }
        using var client = context.Connect();
        var links = ListedLink.Of(await client.GetBondsAsync(context.Cancellation));
        Require(links, name);
        Require(links, master);
        links.RemoveAll(listed =>
            (name is not null && listed.Link.Ifname != name)
            || (kind == "bond" && listed.Bond is null)
            || (kind == "bond_slave" && listed.Member is null)
            || (master is not null && listed.Link.Master != master)
            || (isUp && !listed.Link.Flags.Contains("UP"))
        );
        await WriteAsync(context, links);
    }

    /// <summary>Writes links in the format that the global options select.</summary>
    internal static async Task WriteAsync(CommandContext context, IReadOnlyList<ListedLink> links)
    {
        if (context.Json)
        {
            var json = LinkJson.Format(links, context.Details, context.Statistics, context.Pretty, context.Brief);
            await context.Output.WriteLineAsync(json);
            return;
        }
        foreach (var listed in links)
        {
            if (context.Brief)
            {
                await context.Output.WriteLineAsync(LinkText.FormatBrief(listed.Link));
                continue;
            }
            var text = LinkText.Format(listed, context.Details, context.Statistics);
            await context.Output.WriteLineAsync(context.OneLine ? text.Replace('\n', '\\') : text);
        }
    }

    private static string Kind(string kind)
    {
        if (kind is not ("bond" or "bond_slave"))
            BondWords.RequireKind(kind, "bond, bond_slave");
        return kind;
    }

    private static void Require(List<ListedLink> links, string? name)
    {
        if (name is not null && !links.Exists(listed => listed.Link.Ifname == name))
            throw new CommandException(
                ExitCode.NotFound,
                $"{name}: neither a bond of Tandem nor a member; accepted: a name of \"tandem link show\""
            );
    }
}
