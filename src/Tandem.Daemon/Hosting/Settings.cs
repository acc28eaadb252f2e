using Tandem.Api;
using Tandem.Daemon.Logging;

namespace Tandem.Daemon.Hosting;

/// <summary>The settings of the command line.</summary>
internal sealed record Settings
{
    private const string DefaultConfiguration = "/etc/tandem";

    /// <summary>Printed for <c>--help</c>.</summary>
    public const string Help = """
        tandemd, the service of Tandem: network bonding without a kernel module

        usage: tandemd [--socket FILE] [--state DIR] [--config DIR] [--log-level LEVEL]
               tandemd --flush [--state DIR]
               tandemd --mount [--check] | --unmount [--socket FILE]

          --socket FILE      socket of the API (default: $TANDEM_SOCKET, or /run/tandem/tandem.sock)
          --state DIR        directory of the state files (default: the socket's directory, or /run/tandem
                             if other users may write there)
          --config DIR       directory of the files *.yaml with the bonds to make at the start (default: /etc/tandem
                             with the default socket, otherwise none)
          --log-level LEVEL  error, warning, info or debug (default: info)
          --flush            remove everything a killed service left here (bonds, programs, guards),
                             and restore the members
          --mount            keep the driver's files of the socket's directory mounted in /proc/net and in the folders
                             of interfaces in /sys, in this mount namespace, until SIGTERM or --unmount
          --unmount          remove these mounts, also those that a killed process left
          --check            check that this program runs here with these options; starts nothing
          --doctor           report what this machine supports, as JSON; starts nothing
          --help             print this help
          --version          print the version

        Signals: SIGTERM and SIGINT remove all bonds and end the service. SIGUSR1 ends it and leaves the bonds
        to the next service. SIGHUP replaces the service by the program now installed at its path, without
        interrupting the bonds, if that program passes --check.

        Exit status: 0 after SIGTERM or SIGINT, if every member was restored, and after SIGUSR1; 1 if the
        service cannot start, or with --doctor if no bond can be created; 2 for an invalid command line; 3 if
        another tandemd uses the state directory or socket.

        """;

    /// <summary>The socket of the API.</summary>
    public required string Socket { get; init; }

    /// <summary>The directory of the state files; null for that of the socket, or the default one if others may write there.</summary>
    public string? State { get; init; }

    /// <summary>The directory of the configuration files; null for none.</summary>
    public string? Configuration { get; init; }

    /// <summary>The lowest level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Whether to clean up after an earlier service and exit.</summary>
    public bool WantsFlush { get; init; }

    /// <summary>Whether to keep the driver's files mounted.</summary>
    public bool WantsMount { get; init; }

    /// <summary>Whether to remove these mounts and exit.</summary>
    public bool WantsUnmount { get; init; }

    /// <summary>Whether to check that the program runs with these options and exit.</summary>
    public bool WantsCheck { get; init; }

    /// <summary>Whether to report what the machine supports and exit.</summary>
    public bool WantsDoctor { get; init; }

    /// <summary>Whether to print the help and exit.</summary>
    public bool WantsHelp { get; init; }

    /// <summary>Whether to print the version and exit.</summary>
    public bool WantsVersion { get; init; }

    /// <summary>Parses the command line; on failure <paramref name="problem"/> says why.</summary>
    public static bool TryParse(IReadOnlyList<string> arguments, out Settings settings, out string? problem)
    {
        var socket = Environment.GetEnvironmentVariable(Endpoints.SocketVariable) is { Length: > 0 } named
            ? named
            : Endpoints.DefaultSocket;
        string? state = null,
            configuration = null;
        var level = LogLevel.Information;
        bool flush = false,
            mount = false,
            unmount = false,
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
                case "--mount" when value is null:
                    mount = true;
                    break;
                case "--unmount" when value is null:
                    unmount = true;
                    break;
                case "--check" when value is null:
                    check = true;
                    break;
                case "--doctor" when value is null:
                    doctor = true;
                    break;
                case "--socket" or "--state" or "--config" or "--log-level":
                    value ??= i + 1 < arguments.Count ? arguments[++i] : null;
                    if (string.IsNullOrEmpty(value))
                        problem = $"{name}: a value is missing";
                    else if (name == "--socket")
                        socket = value;
                    else if (name == "--state")
                        state = value;
                    else if (name == "--config")
                        configuration = value;
                    else if (!LogLevels.TryParse(value, out level))
                        problem = $"--log-level {value}: no such level; accepted: {string.Join(", ", LogLevels.Accepted)}";
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
            // Another socket is that of another service than the machine's.
            Configuration =
                configuration is not null ? Path.GetFullPath(configuration)
                : socket == Endpoints.DefaultSocket ? DefaultConfiguration
                : null,
            LogLevel = level,
            WantsFlush = flush,
            WantsMount = mount,
            WantsUnmount = unmount,
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
}
