using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

// Switches between the data paths while frames flow. A frame that arrives on a member is first seen by the filter of the member's socket
// and then, on the same processor, by the program on the ingress. During the switch the filter records its decision, and the program
// obeys it: each frame is carried once.
internal sealed partial class KernelPath
{
    /// <summary>Switches frames to the kernel data path; each frame is carried by exactly one path during the switch.</summary>
    public LinuxResult TakeFrames()
    {
        if (_control[0].Forwarder != Forwarder.Kernel)
        {
            LetSocketsDecide(took: 1);
            SetSocketsTake(0);
            SetForwarder(Forwarder.Kernel);
        }
        var result = _kept.Attach(_wiring.Transmit, TransmitProgram);
        return result.IsOk ? PlaceOut() : result;
    }

    /// <summary>Switches frames to the sockets. Members and their counters stay.</summary>
    public void GiveFrames()
    {
        _kept.Leave(_wiring.Transmit);
        if (_wiring.Out is { } egress)
            _kept.Leave(egress);
        if (_control[0].Forwarder != Forwarder.Service)
        {
            LetSocketsDecide(took: 0);
            SetSocketsTake(1);
            SetForwarder(Forwarder.Service);
        }
    }

    /// <summary>Detaches from all members.</summary>
    public void CloseSlots()
    {
        foreach (var slot in _members.Keys.ToArray())
            CloseSlot(slot);
    }

    // The recorded decision starts as the filter's decision so far, so that no frame in between is carried by both.
    private void LetSocketsDecide(ulong took)
    {
        for (var i = 0; i < _processors.Length; i++)
            Volatile.Write(ref _processors[i].SocketTook, took);
        SetForwarder(Forwarder.Switching);
        Memory.AwaitReaders();
    }

    // A store-release: a program that reads it also sees everything written before, as socket_takes() in tandem.bpf.c requires.
    private void SetForwarder(Forwarder forwarder) =>
        Volatile.Write(ref System.Runtime.CompilerServices.Unsafe.As<Forwarder, uint>(ref _control[0].Forwarder), (uint)forwarder);

    private void SetSocketsTake(uint take)
    {
        Volatile.Write(ref _control[0].SocketsTake, take);
        // After this, every filter that was running has recorded its decision, and every program has obeyed it.
        Memory.AwaitReaders();
    }
}
