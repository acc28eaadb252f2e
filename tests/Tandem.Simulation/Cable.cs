namespace Tandem.Simulation;

/// <summary>A cable between two ports: it can be cut, slow, lossy, or carry frames in one direction only.</summary>
public sealed class Cable
{
    private readonly World _world;

    internal Cable(World world, Port a, Port b)
    {
        _world = world;
        (A, B) = (a, b);
        (a.Cable, b.Cable) = (this, this);
        a.LinkMoved();
        b.LinkMoved();
    }

    /// <summary>One end.</summary>
    public Port A { get; }

    /// <summary>The other end.</summary>
    public Port B { get; }

    /// <summary>True if neither end sees the other.</summary>
    public bool IsCut { get; private set; }

    /// <summary>How long a frame takes, in ns.</summary>
    public long Delay { get; set; } = 5_000;

    /// <summary>The share of frames that is lost, 0 to 1. Both ends keep their carrier.</summary>
    public double Loss { get; set; }

    /// <summary>The share of frames that arrive a second time, half as late again, 0 to 1.</summary>
    public double Duplication { get; set; }

    /// <summary>The end whose frames do not arrive while its carrier stays; null if both do.</summary>
    public Port? DeafTo { get; set; }

    /// <summary>Cuts the cable: both ends lose their carrier, and frames in flight are lost.</summary>
    public void Cut() => Change(isCut: true);

    /// <summary>Mends the cable.</summary>
    public void Mend() => Change(isCut: false);

    internal void Carry(Port from, byte[] frame)
    {
        if (IsCut || DeafTo == from || (Loss > 0 && _world.Chance.NextDouble() < Loss))
            return;
        var to = Opposite(from);
        Arrive(to, frame, Delay);
        if (Duplication > 0 && _world.Chance.NextDouble() < Duplication)
            Arrive(to, frame, Delay * 3 / 2);
    }

    private void Arrive(Port to, byte[] frame, long delay) =>
        _world.After(
            delay,
            () =>
            {
                if (!IsCut)
                    to.Receive(frame);
            }
        );

    internal Port Opposite(Port port) => port == A ? B : A;

    private void Change(bool isCut)
    {
        IsCut = isCut;
        A.LinkMoved();
        B.LinkMoved();
    }
}
