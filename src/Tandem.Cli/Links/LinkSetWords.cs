using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Cli.Links;

/// <summary>The words after <c>link set</c>, sorted by whether the service or <c>ip</c> handles them.</summary>
internal sealed class LinkSetWords
{
    private readonly DeviceWords _device = new();
    private string? _name;

    /// <summary>The device's name.</summary>
    public string Name => BondWords.RequireName(_name);

    /// <summary>All words as given.</summary>
    public IReadOnlyList<string> All { get; private set; } = [];

    /// <summary>Administratively up or down; null for no change.</summary>
    public bool? Up { get; private set; }

    /// <summary>The MAC address; null for no change.</summary>
    public string? Address => _device.Address;

    /// <summary>The MTU in bytes; null for no change.</summary>
    public int? Mtu => _device.Mtu;

    /// <summary>The bond to join; null for none.</summary>
    public string? Master { get; private set; }

    /// <summary>Whether to leave the bond.</summary>
    public bool NoMaster { get; private set; }

    /// <summary>Options of a bond; null without <c>type bond</c>.</summary>
    public IReadOnlyDictionary<string, string>? BondOptions { get; private set; }

    /// <summary>Options of a member; null without <c>type bond_slave</c>.</summary>
    public IReadOnlyDictionary<string, string>? MemberOptions { get; private set; }

    /// <summary>The first word that <c>ip</c> handles; null if there is none.</summary>
    public string? ForIp { get; private set; }

    /// <summary>The requested help; null for none.</summary>
    public string? Help { get; private set; }

    /// <summary>Reads the whole line, and refuses combinations that cannot be carried out as one request.</summary>
    public static LinkSetWords Read(Arguments arguments)
    {
        var before = arguments.Taken.Count;
        var words = new LinkSetWords();
        while (!arguments.AtEnd && words.Help is null)
            words.ReadWord(arguments.Take(), arguments);
        words.All = [.. arguments.Taken.Skip(before)];
        if (words.Help is null)
            words.RefuseMixture();
        return words;
    }

    private void ReadWord(string word, Arguments arguments)
    {
        if (word is "up" or "down")
            Up = word == "up";
        else if (word == "dev")
            _name = arguments.Value(word);
        else if (word == "master" || (_name is not null && Keyword.Matches(word, "master")))
            (Master, NoMaster) = (arguments.Value("master"), false);
        else if (word == "nomaster" || (_name is not null && Keyword.Matches(word, "nomaster")))
            (Master, NoMaster) = (null, true);
        else if (Keyword.IsHelp(word, _name is null))
            Help = HelpText.Link;
        else if (_device.TryRead(word, arguments))
            return;
        else if (Keyword.Matches(word, "type"))
            ReadType(arguments);
        // The first word is the device's name, whatever it is.
        else if (_name is not null && IpWords.TryRead(word, arguments, out var value))
        {
            ForIp ??= word;
            if (word == "name")
                RefuseReserved(value!);
        }
        else
        {
            if (_name is not null)
                BondWords.RefuseBareOption(word, $"link set {_name}");
            _name = BondWords.FirstName(_name, word);
        }
    }

    // ip passes these names on, and the kernel's "Invalid argument" does not say why.
    private static void RefuseReserved(string name)
    {
        if (InterfaceName.IsReserved(name))
            throw new CommandException(ExitCode.Refused, $"name {name}: {InterfaceName.Problem(name)}; accepted: another name");
    }

    private void ReadType(Arguments arguments)
    {
        var kind = arguments.Value("type");
        switch (kind)
        {
            case "bond":
                BondOptions = BondWords.ReadOptions(OptionScope.Bond, arguments);
                Help = BondOptions is null ? HelpText.Bond : null;
                break;
            case "bond_slave":
                MemberOptions = BondWords.ReadOptions(OptionScope.Member, arguments);
                Help = MemberOptions is null ? HelpText.Member : null;
                break;
            default:
                BondWords.RequireKind(kind, "bond, bond_slave");
                break;
        }
    }

    // Each of these is one request to the service, or one run of ip. A command that needs two could be carried out by half.
    private void RefuseMixture()
    {
        var forMember =
            Master is not null ? "master"
            : NoMaster ? "nomaster"
            : MemberOptions is not null ? "type bond_slave"
            : null;
        var other =
            BondOptions is not null ? "type bond"
            : Mtu is not null ? "mtu"
            : Address is not null ? "address"
            : ForIp is not null ? ForIp
            : Up is { } up && forMember == "type bond_slave" ? (up ? "up" : "down")
            : null;
        if (forMember is not null && other is not null)
            throw new CommandException(ExitCode.Syntax, $"{other}: not in one command with \"{forMember}\"; accepted: a command for each");
        if (BondOptions is not null && ForIp is not null)
            throw new CommandException(ExitCode.Syntax, $"{ForIp}: not in one command with \"type bond\"; accepted: a command for each");
        if (NoMaster && MemberOptions is not null)
            throw new CommandException(
                ExitCode.Syntax,
                "nomaster: a released interface has no member options; accepted: a command for each"
            );
    }
}
