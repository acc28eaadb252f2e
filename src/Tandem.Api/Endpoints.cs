namespace Tandem.Api;

/// <summary>The socket and the paths of the API.</summary>
public static class Endpoints
{
    /// <summary>The default socket.</summary>
    public const string DefaultSocket = "/run/tandem/tandem.sock";

    /// <summary>Environment variable with the path of another socket, for commands and service.</summary>
    public const string SocketVariable = "TANDEM_SOCKET";

    /// <summary>GET: the service (<see cref="ServiceInfo"/>).</summary>
    public const string Service = "/v1";

    /// <summary>GET: all bonds. POST <see cref="CreateBondRequest"/>: creates a bond.</summary>
    public const string Bonds = "/v1/bonds";

    /// <summary>GET: a stream of events (server-sent events of <see cref="EventMessage"/>).</summary>
    public const string Events = "/v1/events";

    /// <summary>GET: what this machine supports, and what will be used (<see cref="DoctorReport"/>).</summary>
    public const string Doctor = "/v1/doctor";

    /// <summary>
    /// GET: what waits for confirmation (<see cref="RollbackResource"/>). PUT <see cref="RollbackRequest"/>: remembers all bonds as they are, and brings
    /// them back at the end of the time. POST: brings them back now. DELETE: confirms the changes since then.
    /// </summary>
    public const string Rollback = "/v1/rollback";

    /// <summary>The parameter of a POST or DELETE of <see cref="Rollback"/> with the caller's turn, for changes that end with it.</summary>
    public const string TurnQuery = "turn";

    /// <summary>The header of the answer to <see cref="Apply"/> with the number of the turn.</summary>
    public const string TurnHeader = "Tandem-Turn";

    /// <summary>
    /// POST: takes the turn to apply files. The answer goes on until the caller closes the connection, and with it ends the turn. Refused while
    /// somebody else has it, or changes wait for confirmation.
    /// </summary>
    public const string Apply = "/v1/apply";

    /// <summary>The parameter of <see cref="Bonds"/> and <see cref="Events"/> that asks for more than the caller's network namespace.</summary>
    public const string NetnsQuery = "netns";

    /// <summary>The value of <see cref="NetnsQuery"/> for the bonds of all network namespaces that the service serves; only for callers in its own.</summary>
    public const string AllNetns = "all";

    /// <summary>GET, PUT <see cref="BondSpec"/>, PATCH <see cref="ChangeBondRequest"/>, DELETE: one bond.</summary>
    public static string Bond(string bond) => $"{Bonds}/{Uri.EscapeDataString(bond)}";

    /// <summary>GET: the <see cref="BondSpec"/> that describes the bond's present state.</summary>
    public static string Spec(string bond) => $"{Bond(bond)}/spec";

    /// <summary>GET: the plan by which the data path distributes the host's frames now (<see cref="PlanResource"/>).</summary>
    public static string Plan(string bond) => $"{Bond(bond)}/plan";

    /// <summary>
    /// PUT: makes an interface a member, and releases it from another bond first; body <see cref="ChangeMemberRequest"/> if it has
    /// options. PATCH <see cref="ChangeMemberRequest"/>: changes the member. DELETE: releases it.
    /// </summary>
    public static string Member(string bond, string member) => $"{Bond(bond)}/members/{Uri.EscapeDataString(member)}";
}
