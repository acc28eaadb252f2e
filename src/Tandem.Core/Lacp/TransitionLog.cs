using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>The state machines of a port whose transitions are logged.</summary>
public enum LacpMachine : byte
{
    /// <summary>The receive machine (802.1AX-2020, 6.4.12).</summary>
    Receive,

    /// <summary>The selection logic (802.1AX-2020, 6.4.14).</summary>
    Selection,

    /// <summary>The mux machine (802.1AX-2020, 6.4.15).</summary>
    Mux,
}

/// <summary>A transition of a state machine.</summary>
/// <param name="Time">Monotonic ns.</param>
/// <param name="Machine">The state machine.</param>
/// <param name="From">The state before, as a number of the machine's enumeration.</param>
/// <param name="To">The state after.</param>
/// <param name="Reason">Why the machine moved.</param>
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

/// <summary>The last transitions of a port, in a ring of fixed size.</summary>
public sealed class TransitionLog
{
    /// <summary>Number of transitions in the ring.</summary>
    public const int Capacity = 10;

    private readonly LacpTransition[] _ring = new LacpTransition[Capacity];
    private long _count;

    /// <summary>Number of transitions since the port was created.</summary>
    public long Total => _count;

    /// <summary>The transitions in the ring, oldest first.</summary>
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
