using Tandem.Api;

namespace Tandem.Cli.CommandLine;

/// <summary>What a command works with: where it reads and writes, and the global options.</summary>
internal sealed class CommandContext(TextWriter output, TextWriter error, TextReader input, CancellationToken cancellation)
{
    /// <summary>Where answers go.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Where errors go.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Where frames come from.</summary>
    public TextReader Input { get; } = input;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary><c>-d</c>: everything about a link.</summary>
    public bool Details { get; set; }

    /// <summary><c>-s</c>: counters too.</summary>
    public bool Statistics { get; set; }

    /// <summary><c>-j</c>: JSON.</summary>
    public bool Json { get; set; }

    /// <summary><c>-p</c>: JSON on many lines.</summary>
    public bool Pretty { get; set; }

    /// <summary><c>-o</c>: each link on one line.</summary>
    public bool OneLine { get; set; }

    /// <summary><c>-br</c>: name, state, address and flags of each link on one line.</summary>
    public bool Brief { get; set; }

    /// <summary><c>-V</c>.</summary>
    public bool WantsVersion { get; set; }

    /// <summary><c>-h</c>.</summary>
    public bool WantsHelp { get; set; }

    /// <summary><c>--socket</c>; null for the environment's or the default one.</summary>
    public string? Socket { get; set; }

    /// <summary>The service's program, to be asked where no service runs; null to look for it.</summary>
    public string? ServiceProgram { get; init; }

    /// <summary>The program <c>ip</c>; null to look for it.</summary>
    public string? IpProgram { get; init; }

    /// <summary>Where the kernel lists the interfaces of this network namespace.</summary>
    public string Interfaces { get; init; } = "/sys/class/net";

    /// <summary>How long <c>monitor</c> waits before it asks for events again.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The exit code of a command that did what was asked.</summary>
    public int ExitCode { get; set; } = CommandLine.ExitCode.Done;

    /// <summary>How long the service may take to answer; null for the client's own limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Whether this network namespace has an interface of a name.</summary>
    public bool HasInterface(string name) => Directory.Exists(Path.Combine(Interfaces, name));

    /// <summary>A client of the service.</summary>
    public TandemClient Connect() => new(Socket, TimeLimit);
}
