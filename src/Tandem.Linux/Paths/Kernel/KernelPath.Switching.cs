using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

// From one data path to the other while frames flow. A frame that arrives on a member is first seen by the filter of the member's
// socket and then, on the same processor, by the program on the ingress. While they change places the filter leaves word of what it
// decided, and the program obeys: so each frame is carried once.
internal sealed partial class KernelPath
{
    /// <summary>Carries the frames from now on; each is carried by one of both paths at the change.</summary>
    public LinuxResult TakeFrames()
    {
        if (_control[0].Carrier != Carrier.Kernel)
        {
            LetSocketsDecide(took: 1);
            SetSocketsTake(0);
            SetCarrier(Carrier.Kernel);
        }
        var result = _kept.Attach(_wiring.Transmit, TransmitProgram);
        return result.IsOk ? PlaceOut() : result;
    }

    /// <summary>Leaves the frames to the sockets from now on. Members, and what was counted on them, stay.</summary>
    public void GiveFrames()
    {
        _kept.Leave(_wiring.Transmit);
        if (_wiring.Out is { } egress)
            _kept.Leave(egress);
        if (_control[0].Carrier != Carrier.Service)
        {
            LetSocketsDecide(took: 0);
            SetSocketsTake(1);
            SetCarrier(Carrier.Service);
        }
    }

    /// <summary>Detaches from all members.</summary>
    public void CloseSlots()
    {
        foreach (var slot in _members.Keys.ToArray())
            CloseSlot(slot);
    }

    // The word is what the filter decided until now, so that a frame between the two is not taken by both.
    private void LetSocketsDecide(ulong took)
    {
        for (var i = 0; i < _processors.Length; i++)
            Volatile.Write(ref _processors[i].SocketTook, took);
        SetCarrier(Carrier.Switching);
        Memory.AwaitReaders();
    }

    // A store-release: a program that sees it sees all that was written before, as socket_takes() in tandem.bpf.c reads it.
    private void SetCarrier(Carrier carrier) =>
        Volatile.Write(ref System.Runtime.CompilerServices.Unsafe.As<Carrier, uint>(ref _control[0].Carrier), (uint)carrier);

    private void SetSocketsTake(uint take)
    {
        Volatile.Write(ref _control[0].SocketsTake, take);
        // Afterwards every filter that ran before has left its word, and every program has obeyed it.
        Memory.AwaitReaders();
    }
}
