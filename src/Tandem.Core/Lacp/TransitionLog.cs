using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>A state machine of a port.</summary>
public enum LacpMachine : byte
{
    /// <summary>Receive (802.1AX, 6.4.12).</summary>
    Receive,

    /// <summary>Selection (6.4.14).</summary>
    Selection,

    /// <summary>Mux (6.4.15).</summary>
    Mux,
}

/// <summary>A state machine went from one state to another.</summary>
/// <param name="Time">When, in monotonic ns.</param>
/// <param name="Machine">Which machine.</param>
/// <param name="From">The state before, as a number of the machine's enumeration.</param>
/// <param name="To">The state after.</param>
/// <param name="Reason">Why.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LacpTransition(long Time, LacpMachine Machine, byte From, byte To, string Reason)
{
    /// <summary>The name of the state before.</summary>
    public string FromName => NameOf(From);

    /// <summary>The name of the state after.</summary>
    public string ToName => NameOf(To);

    private string NameOf(byte state) =>
        Machine switch
        {
            LacpMachine.Receive => ((ReceiveState)state).Name(),
            LacpMachine.Selection => ((Selection)state).Name(),
            _ => ((MuxState)state).Name(),
        };
}

/// <summary>The last transitions of a port: a ring that never grows.</summary>
public sealed class TransitionLog
{
    /// <summary>Transitions that are kept.</summary>
    public const int Capacity = 10;

    private readonly LacpTransition[] _ring = new LacpTransition[Capacity];
    private long _count;

    /// <summary>How many there ever were.</summary>
    public long Total => _count;

    /// <summary>The kept ones, the oldest first.</summary>
    public IEnumerable<LacpTransition> Recent
    {
        get
        {
            for (var i = Math.Max(0, _count - Capacity); i < _count; i++)
                yield return _ring[i % Capacity];
        }
    }

    internal void Add(in LacpTransition transition) => _ring[_count++ % Capacity] = transition;
}
