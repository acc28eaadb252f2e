using Tandem.Api;

namespace Tandem.Daemon.Hosting;

/// <summary>What the service was told on its command line.</summary>
internal sealed record Settings
{
    /// <summary>Printed for <c>--help</c>.</summary>
    public const string Help = """
        tandemd, the service of Tandem: network bonding without a kernel module

        usage: tandemd [--socket FILE] [--state DIR] [--log-level LEVEL]
               tandemd --flush [--state DIR]

          --socket FILE      listen here (default: $TANDEM_SOCKET, or /run/tandem/tandem.sock)
          --state DIR        keep the running state here (default: the socket's directory, or
                             /run/tandem if others than root may write there)
          --log-level LEVEL  error, warning, info or debug (default: info)
          --flush            remove all that a killed service left here: bonds, programs, guards; give members back
          --check            say whether this program runs here with these options; nothing is started
          --doctor           say what this machine offers, as JSON; nothing is started
          --help             print this
          --version          print the version

        Signals: SIGTERM and SIGINT remove all bonds and end the service. SIGHUP replaces it by the program
        that has its place on the disk now, while the bonds carry on; one that does not run
        (--check) takes nobody's place.

        Exit status: 0 after SIGTERM or SIGINT, when every member was given back;
        1 if the service cannot start, or with --doctor if no bond can be created; 2 for a command line it does not understand;
        3 if another tandemd runs in its place.

        """;

    private static readonly string[] Levels = ["error", "warning", "info", "debug"];

    /// <summary>The socket of the API.</summary>
    public required string Socket { get; init; }

    /// <summary>The directory of the state files; null for that of the socket, or the usual one if others may write there.</summary>
    public string? State { get; init; }

    /// <summary>The least level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>True to clean up after an earlier service and do nothing else.</summary>
    public bool WantsFlush { get; init; }

    /// <summary>True to say whether the program runs with these options and nothing else.</summary>
    public bool WantsCheck { get; init; }

    /// <summary>True to say what this machine offers and nothing else.</summary>
    public bool WantsDoctor { get; init; }

    /// <summary>True to print the help and nothing else.</summary>
    public bool WantsHelp { get; init; }

    /// <summary>True to print the version and nothing else.</summary>
    public bool WantsVersion { get; init; }

    /// <summary>Reads the command line; on failure says why.</summary>
    public static bool TryParse(IReadOnlyList<string> arguments, out Settings settings, out string? problem)
    {
        var socket = Environment.GetEnvironmentVariable(Endpoints.SocketVariable) is { Length: > 0 } named
            ? named
            : Endpoints.DefaultSocket;
        string? state = null;
        var level = LogLevel.Information;
        bool flush = false,
            check = false,
            doctor = false,
            help = false,
            version = false;
        problem = null;
        for (var i = 0; i < arguments.Count && problem is null; i++)
        {
            var (name, value) = Split(arguments[i]);
            switch (name)
            {
                case "--flush" when value is null:
                    flush = true;
                    break;
                case "--help" or "-h" when value is null:
                    help = true;
                    break;
                case "--version" or "-V" when value is null:
                    version = true;
                    break;
                case "--check" when value is null:
                    check = true;
                    break;
                case "--doctor" when value is null:
                    doctor = true;
                    break;
                case "--socket" or "--state" or "--log-level":
                    value ??= i + 1 < arguments.Count ? arguments[++i] : null;
                    if (string.IsNullOrEmpty(value))
                        problem = $"{name}: a value is missing";
                    else if (name == "--socket")
                        socket = value;
                    else if (name == "--state")
                        state = value;
                    else if (!TryReadLevel(value, out level))
                        problem = $"--log-level {value}: no such level; accepted: {string.Join(", ", Levels)}";
                    break;
                default:
                    problem = $"{arguments[i]}: no such option; try tandemd --help";
                    break;
            }
        }
        socket = Path.GetFullPath(socket);
        settings = new Settings
        {
            Socket = socket,
            State = state is null ? null : Path.GetFullPath(state),
            LogLevel = level,
            WantsFlush = flush,
            WantsCheck = check,
            WantsDoctor = doctor,
            WantsHelp = help,
            WantsVersion = version,
        };
        return problem is null;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static bool TryReadLevel(string word, out LogLevel level)
    {
        level = word switch
        {
            "error" => LogLevel.Error,
            "warning" => LogLevel.Warning,
            "info" => LogLevel.Information,
            "debug" => LogLevel.Debug,
            _ => LogLevel.None,
        };
        return level != LogLevel.None;
    }
}
