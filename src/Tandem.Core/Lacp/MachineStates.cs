namespace Tandem.Core.Lacp;

/// <summary>States of the receive machine (802.1AX-2020, 6.4.12).</summary>
public enum ReceiveState : byte
{
    /// <summary>The machine initializes; it leaves this state at once.</summary>
    Initialize,

    /// <summary>The link is down. The partner's identity is kept.</summary>
    PortDisabled,

    /// <summary>No LACPDU came since the link came up, or within the timeout. After 3 s without one the machine goes to
    /// DEFAULTED.</summary>
    Expired,

    /// <summary>The link is half duplex: LACP is off.</summary>
    LacpDisabled,

    /// <summary>No partner is heard; defaults are used for it.</summary>
    Defaulted,

    /// <summary>The partner's LACPDUs arrive in time.</summary>
    Current,
}

/// <summary>Whether a port is selected for the active group (Selected, 802.1AX-2020, 6.4.8).</summary>
public enum Selection : byte
{
    /// <summary>Not selected.</summary>
    Unselected,

    /// <summary>Selected.</summary>
    Selected,

    /// <summary>Selected, but on hot standby because enough other ports carry traffic.</summary>
    Standby,
}

/// <summary>States of the mux machine (802.1AX-2020, 6.4.15), including wait to restore.</summary>
public enum MuxState : byte
{
    /// <summary>Not attached to a group.</summary>
    Detached,

    /// <summary>Selected; waits for other ports before it attaches.</summary>
    Waiting,

    /// <summary>Attached; waits for the partner to be in sync.</summary>
    Attached,

    /// <summary>ATTACHED_WTR: attached; after a loss of the link it waits to be restored.</summary>
    Restoring,

    /// <summary>Received frames are delivered.</summary>
    Collecting,

    /// <summary>Frames are sent, and received frames are delivered.</summary>
    Distributing,
}

/// <summary>States of the periodic machine (802.1AX-2014, 6.4.13).</summary>
public enum PeriodicState : byte
{
    /// <summary>No periodic LACPDUs.</summary>
    None,

    /// <summary>An LACPDU each second.</summary>
    Fast,

    /// <summary>An LACPDU every 30 s.</summary>
    Slow,
}

/// <summary>States of the churn machines (802.1AX-2014, 6.4.17).</summary>
public enum ChurnState : byte
{
    /// <summary>Out of sync, for less than 60 s so far.</summary>
    Monitor,

    /// <summary>In sync.</summary>
    NoChurn,

    /// <summary>Out of sync for 60 s or more.</summary>
    Churn,
}

/// <summary>How far a port is drained.</summary>
public enum DrainPhase : byte
{
    /// <summary>The port is not drained.</summary>
    Off,

    /// <summary>The port sends no more frames; frames of the partner may still arrive.</summary>
    Draining,

    /// <summary>The port carries no traffic any more.</summary>
    Drained,
}

/// <summary>Properties of the machines' states, and their names as shown to users.</summary>
public static class MachineStates
{
    /// <summary>Whether the port is attached to its group and in sync. A port that waits to be restored is not in sync.</summary>
    public static bool IsInSync(this MuxState state) => state is MuxState.Attached or MuxState.Collecting or MuxState.Distributing;

    /// <summary>Whether received frames are delivered.</summary>
    public static bool Collects(this MuxState state) => state is MuxState.Collecting or MuxState.Distributing;

    /// <summary>The state's name.</summary>
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

    /// <summary>The selection's name.</summary>
    public static string Name(this Selection selection) =>
        selection switch
        {
            Selection.Selected => "selected",
            Selection.Standby => "standby",
            _ => "unselected",
        };

    /// <summary>The state's name.</summary>
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

    /// <summary>How often LACPDUs are sent in this state.</summary>
    public static string Name(this PeriodicState state) =>
        state switch
        {
            PeriodicState.Fast => "each second",
            PeriodicState.Slow => "every 30 s",
            _ => "never",
        };

    /// <summary>The machine's name.</summary>
    public static string Name(this LacpMachine machine) =>
        machine switch
        {
            LacpMachine.Receive => "receive",
            LacpMachine.Selection => "selection",
            _ => "mux",
        };

    /// <summary>The phase's name.</summary>
    public static string Name(this DrainPhase phase) =>
        phase switch
        {
            DrainPhase.Draining => "draining",
            DrainPhase.Drained => "drained",
            _ => "off",
        };

    /// <summary>The driver's word for the state.</summary>
    public static string Name(this ChurnState state) =>
        state switch
        {
            ChurnState.NoChurn => "none",
            ChurnState.Churn => "churned",
            _ => "monitoring",
        };
}
