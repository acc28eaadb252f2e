using System.Globalization;
using System.Net;
using Tandem.Cli.CommandLine;
using Tandem.Core;
using Tandem.Core.Explaining;
using Tandem.Core.Hashing;
using Tandem.Core.Options;

namespace Tandem.Cli.Explain;

/// <summary>What <c>tandem explain</c> was asked.</summary>
internal sealed class ExplainArguments
{
    private const int MaxMembers = Core.Forwarding.ForwardingPlan.MaxMembers;
    private const int MaxVlan = 4094;

    /// <summary>The policy's value for "all of them".</summary>
    private const string AllPolicies = "all";

    /// <summary>The live bond; null if the options say everything.</summary>
    public string? Bond { get; private set; }

    /// <summary>The mode; null if not given.</summary>
    public BondMode? Mode { get; private set; }

    /// <summary>The policy; null if not given, or if all are wanted.</summary>
    public HashPolicy? Policy { get; private set; }

    /// <summary>Members that can carry frames; null if not given.</summary>
    public int? Members { get; private set; }

    /// <summary>The frame in hexadecimal digits, or <c>-</c> for a frame a line from standard input.</summary>
    public string? Frame { get; private set; }

    /// <summary>A capture to read frames from.</summary>
    public string? Capture { get; private set; }

    /// <summary>The flow; null if none was described.</summary>
    public FlowDescription? Flow { get; private set; }

    /// <summary>The source address that was given; null if none was.</summary>
    public MacAddress? SourceMac { get; private set; }

    /// <summary>The destination address that was given; null if none was.</summary>
    public MacAddress? DestinationMac { get; private set; }

    /// <summary>True if help was asked for.</summary>
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
        // --name=value is --name value.
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
                $"explain {Bond}: the bond itself says its mode and members; leave out --mode and --members"
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
        // What IPEndPoint itself reads of 2001:db8::1:443 is an address; that may not be what was meant, but it is what it says.
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
