using System.Globalization;
using System.Net;
using Tandem.Cli.CommandLine;
using Tandem.Core;
using Tandem.Core.Explaining;
using Tandem.Core.Hashing;
using Tandem.Core.Options;

namespace Tandem.Cli.Explain;

/// <summary>The arguments of <c>tandem explain</c>.</summary>
internal sealed class ExplainArguments
{
    private const int MaxMembers = Core.Forwarding.ForwardingPlan.MaxMembers;
    private const int MaxVlan = 4094;

    /// <summary>The value of <c>--policy</c> for all policies.</summary>
    private const string AllPolicies = "all";

    /// <summary>The running bond; null if the bond is described by options.</summary>
    public string? Bond { get; private set; }

    /// <summary>The mode; null if not given.</summary>
    public BondMode? Mode { get; private set; }

    /// <summary>The policy; null if not given, or for all.</summary>
    public HashPolicy? Policy { get; private set; }

    /// <summary>Number of members that can carry frames; null if not given.</summary>
    public int? Members { get; private set; }

    /// <summary>A frame as hexadecimal digits, or <c>-</c> for one frame per line on standard input.</summary>
    public string? Frame { get; private set; }

    /// <summary>Path of a capture file.</summary>
    public string? Capture { get; private set; }

    /// <summary>The flow; null if none was given.</summary>
    public FlowDescription? Flow { get; private set; }

    /// <summary>The flow's source address; null if not given.</summary>
    public MacAddress? SourceMac { get; private set; }

    /// <summary>The flow's destination address; null if not given.</summary>
    public MacAddress? DestinationMac { get; private set; }

    /// <summary>Whether help was requested.</summary>
    public bool WantsHelp { get; private set; }

    private IPEndPoint? _source;
    private IPEndPoint? _destination;
    private byte? _protocol;
    private ushort _vlan;
    private bool _allPolicies;

    /// <summary>Reads all words.</summary>
    public static ExplainArguments Read(Arguments arguments)
    {
        var read = new ExplainArguments();
        while (!arguments.AtEnd && !read.WantsHelp)
            read.ReadWord(arguments.Take(), arguments);
        if (!read.WantsHelp)
            read.Check();
        return read;
    }

    private void ReadWord(string word, Arguments arguments)
    {
        // Accept --name=value as --name value.
        var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        if (equals > 0)
            (word, arguments) = (word[..equals], new Arguments([word[(equals + 1)..]]));
        switch (word)
        {
            case "--mode":
                Mode = (BondMode)Choice(BondOptions.Known.Mode, arguments.Value(word));
                break;
            case "--policy":
                var policy = arguments.Value(word);
                _allPolicies = policy == AllPolicies;
                Policy = _allPolicies ? null : (HashPolicy)Choice(BondOptions.Known.HashPolicy, policy);
                break;
            case "--members":
                Members = arguments.Number(word, 1, MaxMembers);
                break;
            case "--frame":
                Frame = arguments.Value(word);
                break;
            case "--pcap":
                Capture = arguments.Value(word);
                break;
            case "--src":
                _source = EndPoint(word, arguments.Value(word));
                break;
            case "--dst":
                _destination = EndPoint(word, arguments.Value(word));
                break;
            case "--proto":
                _protocol = Protocol(word, arguments.Value(word));
                break;
            case "--src-mac":
                SourceMac = Mac(word, arguments.Value(word));
                break;
            case "--dst-mac":
                DestinationMac = Mac(word, arguments.Value(word));
                break;
            case "--vlan":
                _vlan = (ushort)arguments.Number(word, 1, MaxVlan);
                break;
            case "help" or "--help" or "-h":
                WantsHelp = true;
                break;
            default:
                if (word.StartsWith('-') || Bond is not null)
                    throw new CommandException(ExitCode.Syntax, $"explain: \"{word}\" was not expected here; try \"tandem explain help\"");
                Bond = word;
                break;
        }
    }

    private void Check()
    {
        if (_source is not null || _destination is not null || _protocol is not null)
            Flow = ReadFlow();
        var questions = (Frame is null ? 0 : 1) + (Capture is null ? 0 : 1) + (Flow is null ? 0 : 1);
        if (questions != 1)
            throw new CommandException(
                ExitCode.Syntax,
                $"explain: {(questions == 0 ? "nothing to explain" : "one question at a time")}; accepted: --frame HEX, --pcap FILE, or --src and --dst (and --proto if it is not tcp)"
            );
        if (_allPolicies && Capture is null)
            throw CommandException.BadValue("--policy", AllPolicies, "for captures only", BondOptions.Known.HashPolicy.Accepted);
        if (Bond is null && Members is null)
            throw new CommandException(
                ExitCode.Syntax,
                $"--members: the value is missing; accepted: 1 to {MaxMembers}, or the name of a bond"
            );
        if (Bond is not null && (Mode is not null || Members is not null))
            throw new CommandException(
                ExitCode.Syntax,
                $"explain {Bond}: mode and members are those of the bond; leave out --mode and --members"
            );
    }

    private FlowDescription ReadFlow()
    {
        if (_source is null || _destination is null)
            throw new CommandException(ExitCode.Syntax, "explain: a flow needs both ends; accepted: --src ADDRESS:PORT --dst ADDRESS:PORT");
        if (_source.AddressFamily != _destination.AddressFamily)
            throw CommandException.BadValue(
                "--dst",
                _destination.ToString(),
                "not of the family of --src",
                "two IPv4 or two IPv6 addresses"
            );
        var flow = new FlowDescription(_source, _destination, _protocol ?? Core.Packets.IpProtocol.Tcp) { Vlan = _vlan };
        return flow with { SourceMac = SourceMac ?? flow.SourceMac, DestinationMac = DestinationMac ?? flow.DestinationMac };
    }

    private static int Choice(BondOption option, string text) =>
        OptionParser.TryParse(option, text, out var value, out var error)
            ? (int)value.Number
            : throw new CommandException(ExitCode.Syntax, error!.Message);

    private static IPEndPoint EndPoint(string word, string text)
    {
        const string Accepted = "192.0.2.1:443, [2001:db8::1]:443, or an address alone";
        // IPEndPoint reads 2001:db8::1:443 as an address without a port. That is what it says, even if another meaning was intended.
        if (IPEndPoint.TryParse(text, out var end) && !text.EndsWith(':'))
            return end;
        throw HasPortOutOfRange(text)
            ? CommandException.BadValue(word, text, "the port is out of range", $"0 to {IPEndPoint.MaxPort}")
            : CommandException.BadValue(word, text, "not an address with a port", Accepted);
    }

    private static bool HasPortOutOfRange(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0
            && colon < text.Length - 1
            && !text.AsSpan(colon + 1).ContainsAnyExceptInRange('0', '9')
            && IPEndPoint.TryParse(text.AsSpan(0, colon), out _);
    }

    private static byte Protocol(string word, string text) =>
        FlowDescription.TryParseProtocol(text, out var protocol)
            ? protocol
            : throw CommandException.BadValue(
                word,
                text,
                "no such protocol",
                string.Create(CultureInfo.InvariantCulture, $"{FlowDescription.ProtocolNames}, or a number from 0 to {byte.MaxValue}")
            );

    private static MacAddress Mac(string word, string text) =>
        MacAddress.TryParse(text, out var mac)
            ? mac
            : throw CommandException.BadValue(word, text, "not a MAC address", "six pairs of hexadecimal digits separated by colons");
}
