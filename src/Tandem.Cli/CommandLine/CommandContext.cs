using Tandem.Api;

namespace Tandem.Cli.CommandLine;

/// <summary>Environment of a command: its streams, global options and time limits.</summary>
internal sealed class CommandContext(TextWriter output, TextWriter error, TextReader input, CancellationToken cancellation)
{
    /// <summary>Standard output.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Standard input, for frames.</summary>
    public TextReader Input { get; } = input;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary><c>-d</c>: all details of a link.</summary>
    public bool Details { get; set; }

    /// <summary><c>-s</c>: with counters.</summary>
    public bool Statistics { get; set; }

    /// <summary><c>-j</c>: JSON.</summary>
    public bool Json { get; set; }

    /// <summary><c>-p</c>: indented JSON.</summary>
    public bool Pretty { get; set; }

    /// <summary><c>-o</c>: each link on one line.</summary>
    public bool OneLine { get; set; }

    /// <summary><c>-br</c>: name, state, address and flags of each link on one line.</summary>
    public bool Brief { get; set; }

    /// <summary><c>-a</c>: the bonds of all network namespaces.</summary>
    public bool All { get; set; }

    /// <summary><c>-n</c>: the network namespace, by its name; null for that of this process.</summary>
    public string? Netns { get; set; }

    /// <summary><c>-V</c>.</summary>
    public bool WantsVersion { get; set; }

    /// <summary><c>-h</c>.</summary>
    public bool WantsHelp { get; set; }

    /// <summary><c>--socket</c>; null for the client's default.</summary>
    public string? Socket { get; set; }

    /// <summary>Path of tandemd, which <c>doctor</c> runs if no service answers; null to search for it.</summary>
    public string? ServiceProgram { get; init; }

    /// <summary>Path of <c>ip</c>; null to search for it.</summary>
    public string? IpProgram { get; init; }

    /// <summary>The directory in which the kernel lists the interfaces of this network namespace.</summary>
    public string Interfaces { get; init; } = "/sys/class/net";

    /// <summary>The root of the file system, where <c>shim</c> installs.</summary>
    public string Root { get; init; } = "/";

    /// <summary>Whether standard output is a terminal.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>The service's socket.</summary>
    public string SocketPath => Socket ?? TandemClient.DefaultSocketPath;

    /// <summary>How long <c>monitor</c> waits before it reconnects.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The exit code if the command succeeds.</summary>
    public int ExitCode { get; set; } = CommandLine.ExitCode.Done;

    /// <summary>Time limit of requests to the service; null for the client's default.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Whether this network namespace has an interface with this name; null for another namespace, of which only <c>ip</c> and the service
    /// know.</summary>
    public bool? HasInterface(string name) => Netns is null ? Directory.Exists(Path.Combine(Interfaces, name)) : null;

    /// <summary>The bonds that a command without a name shows.</summary>
    public Task<IReadOnlyList<BondResource>> GetBondsAsync(TandemClient client) =>
        All ? client.GetAllBondsAsync(Cancellation) : client.GetBondsAsync(Cancellation);

    /// <summary>A bond's name, with its network namespace if bonds of several are shown.</summary>
    public string NameOf(BondResource bond) => All && bond.Netns is { } netns ? $"{netns}/{bond.Name}" : bond.Name;

    /// <summary>Whether the service, or one before it, has files of a bond or a member with this name.</summary>
    public bool HasTraceOf(string name) =>
        name is not ("" or "." or "..")
        && !name.Contains('/', StringComparison.Ordinal)
        && Directory.Exists(Path.Combine(Path.GetDirectoryName(SocketPath) ?? "/", "sys/class/net", name));

    /// <summary>Creates a client of the service.</summary>
    public TandemClient Connect() => new(Socket, TimeLimit, Netns);
}
