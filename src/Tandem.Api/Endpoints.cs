namespace Tandem.Api;

/// <summary>Where the service listens and what it answers there.</summary>
public static class Endpoints
{
    /// <summary>The default socket.</summary>
    public const string DefaultSocket = "/run/tandem/tandem.sock";

    /// <summary>Names another socket for commands and service alike.</summary>
    public const string SocketVariable = "TANDEM_SOCKET";

    /// <summary>GET: who answers (<see cref="ServiceInfo"/>).</summary>
    public const string Service = "/v1";

    /// <summary>GET: all bonds. POST <see cref="CreateBondRequest"/>: a new one.</summary>
    public const string Bonds = "/v1/bonds";

    /// <summary>GET: events as they happen (server-sent events of <see cref="EventMessage"/>).</summary>
    public const string Events = "/v1/events";

    /// <summary>GET: what this machine offers, and what will be used of it (<see cref="DoctorReport"/>).</summary>
    public const string Doctor = "/v1/doctor";

    /// <summary>GET, PUT <see cref="BondSpec"/>, PATCH <see cref="ChangeBondRequest"/>, DELETE: one bond.</summary>
    public static string Bond(string bond) => $"{Bonds}/{Uri.EscapeDataString(bond)}";

    /// <summary>GET: the <see cref="BondSpec"/> that would make a bond what it is now.</summary>
    public static string Spec(string bond) => $"{Bond(bond)}/spec";

    /// <summary>GET: how the bond's data path gives frames of the host to members now (<see cref="PlanResource"/>).</summary>
    public static string Plan(string bond) => $"{Bond(bond)}/plan";

    /// <summary>PUT, with a <see cref="ChangeMemberRequest"/> if it has options: joins a member, releasing it from another bond first. PATCH <see cref="ChangeMemberRequest"/>. DELETE: releases it.</summary>
    public static string Member(string bond, string member) => $"{Bond(bond)}/members/{Uri.EscapeDataString(member)}";
}
