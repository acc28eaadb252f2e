namespace Tandem.Core.Lacp;

/// <summary>States of the receive machine (802.1AX, 6.4.12).</summary>
public enum ReceiveState : byte
{
    /// <summary>The port begins; left at once.</summary>
    Initialize,

    /// <summary>The link is down. What is known of the partner is kept.</summary>
    PortDisabled,

    /// <summary>Nothing was heard for too long, or since the link came up; 3 s remain.</summary>
    Expired,

    /// <summary>The link is half duplex: no LACP.</summary>
    LacpDisabled,

    /// <summary>The partner is silent: assumptions stand for it.</summary>
    Defaulted,

    /// <summary>The partner was heard in time.</summary>
    Current,
}

/// <summary>Whether a port belongs to the group in use (802.1AX, 6.4.8, Selected).</summary>
public enum Selection : byte
{
    /// <summary>It does not.</summary>
    Unselected,

    /// <summary>It does.</summary>
    Selected,

    /// <summary>It does, and waits because enough others carry traffic.</summary>
    Standby,
}

/// <summary>States of the mux machine (802.1AX, 6.4.15), with wait-to-restore of the edition of 2020.</summary>
public enum MuxState : byte
{
    /// <summary>Not attached to a group.</summary>
    Detached,

    /// <summary>Waits before it is attached.</summary>
    Waiting,

    /// <summary>Attached; waits for the partner to be in sync.</summary>
    Attached,

    /// <summary>Attached, but its link was lost: waits for it to prove itself (ATTACHED_WTR).</summary>
    Restoring,

    /// <summary>Frames of the partner are delivered.</summary>
    Collecting,

    /// <summary>Frames are delivered and sent.</summary>
    Distributing,
}

/// <summary>States of the periodic machine (802.1AX, 6.4.13 of the edition of 2014).</summary>
public enum PeriodicState : byte
{
    /// <summary>Nothing is sent.</summary>
    None,

    /// <summary>An LACPDU each second.</summary>
    Fast,

    /// <summary>An LACPDU every 30 s.</summary>
    Slow,
}

/// <summary>States of the churn machines (802.1AX, 6.4.17 of the edition of 2014).</summary>
public enum ChurnState : byte
{
    /// <summary>Not in sync; less than 60 s so far.</summary>
    Monitor,

    /// <summary>In sync.</summary>
    NoChurn,

    /// <summary>Not in sync for 60 s or more.</summary>
    Churn,
}

/// <summary>How far a port is on its way out of service (drain).</summary>
public enum DrainPhase : byte
{
    /// <summary>It is in service.</summary>
    Off,

    /// <summary>Nothing more is sent on it; frames of the partner may still arrive.</summary>
    Draining,

    /// <summary>Nothing passes on it any more.</summary>
    Drained,
}

/// <summary>What states mean, and their names as users see them.</summary>
public static class MachineStates
{
    /// <summary>The port is attached to its group, in sync. A link that has to prove itself is not.</summary>
    public static bool IsInSync(this MuxState state) => state is MuxState.Attached or MuxState.Collecting or MuxState.Distributing;

    /// <summary>Frames of the partner are delivered.</summary>
    public static bool Collects(this MuxState state) => state is MuxState.Collecting or MuxState.Distributing;

    /// <summary>The name of a state.</summary>
    public static string Name(this ReceiveState state) =>
        state switch
        {
            ReceiveState.Initialize => "initialize",
            ReceiveState.PortDisabled => "port disabled",
            ReceiveState.Expired => "expired",
            ReceiveState.LacpDisabled => "lacp disabled",
            ReceiveState.Defaulted => "defaulted",
            _ => "current",
        };

    /// <summary>The name of a state.</summary>
    public static string Name(this Selection selection) =>
        selection switch
        {
            Selection.Selected => "selected",
            Selection.Standby => "standby",
            _ => "unselected",
        };

    /// <summary>The name of a state.</summary>
    public static string Name(this MuxState state) =>
        state switch
        {
            MuxState.Detached => "detached",
            MuxState.Waiting => "waiting",
            MuxState.Attached => "attached",
            MuxState.Restoring => "restoring",
            MuxState.Collecting => "collecting",
            _ => "distributing",
        };

    /// <summary>The name of a state.</summary>
    public static string Name(this PeriodicState state) =>
        state switch
        {
            PeriodicState.Fast => "each second",
            PeriodicState.Slow => "every 30 s",
            _ => "never",
        };

    /// <summary>The name of a machine.</summary>
    public static string Name(this LacpMachine machine) =>
        machine switch
        {
            LacpMachine.Receive => "receive",
            LacpMachine.Selection => "selection",
            _ => "mux",
        };

    /// <summary>The name of a phase.</summary>
    public static string Name(this DrainPhase phase) =>
        phase switch
        {
            DrainPhase.Draining => "draining",
            DrainPhase.Drained => "drained",
            _ => "off",
        };

    /// <summary>The driver's word for a state.</summary>
    public static string Name(this ChurnState state) =>
        state switch
        {
            ChurnState.NoChurn => "none",
            ChurnState.Churn => "churned",
            _ => "monitoring",
        };
}
