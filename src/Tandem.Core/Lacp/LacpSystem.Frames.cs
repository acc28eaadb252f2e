using Tandem.Core.Packets;

namespace Tandem.Core.Lacp;

// Dispatches received slow-protocols frames. LACPDUs that a receiver may not refuse are accepted and their oddities counted; other bad
// frames are counted and dropped. Nothing here allocates or throws on any input.
public sealed partial class LacpSystem
{
    internal void Receive(long now, LacpPort port, ReadOnlySpan<byte> frame)
    {
        Now = now;
        var counters = port.Counters;
        var source = MacAddress.Read(frame[MacAddress.Length..]);
        var body = frame[EthernetHeader.Length..];
        if (!source.IsValidUnicast)
            counters.Add(LacpCounter.BadSource);
        else if (body.IsEmpty)
            counters.Add(LacpCounter.TooShort);
        else if (!port.IsEnabled)
            counters.Add(LacpCounter.NotEnabled);
        else if (body[0] == SlowProtocols.Lacp)
            ReceiveLacpdu(port, source, body);
        else if (body[0] == SlowProtocols.Marker)
            MarkerResponder.Accept(this, port, body);
        else
            counters.Add(
                body[0] is SlowProtocols.Oam or SlowProtocols.OrganizationSpecific ? LacpCounter.OtherProtocol : LacpCounter.UnknownSubtype
            );
    }

    private void ReceiveLacpdu(LacpPort port, MacAddress source, ReadOnlySpan<byte> body)
    {
        var counters = port.Counters;
        switch (Lacpdu.Read(body, out var pdu, out var oddities))
        {
            case FrameDefect.TooShort:
                counters.Add(LacpCounter.TooShort);
                port.Refuse(LacpRefusal.Unreadable);
                return;
            case FrameDefect.Illegal:
                counters.Add(LacpCounter.Illegal);
                port.Refuse(LacpRefusal.Unreadable);
                return;
            case FrameDefect.BogusActor:
                counters.Add(LacpCounter.BogusActor);
                port.Refuse(LacpRefusal.Unreadable);
                return;
        }
        Count(counters, oddities);
        if (pdu.Actor.System == Id)
        {
            // Neither accepted nor answered: the timer of the present partner keeps running, and a loop gets no new frames.
            counters.Add(LacpCounter.OwnSystem);
            port.Refuse(LacpRefusal.OwnSystem);
            Watch.OwnSystem(port, pdu, source);
        }
        else if (IsForeign(port, pdu))
        {
            port.Refuse(LacpRefusal.Foreign);
            Watch.Foreign(port, pdu);
        }
        else if (port.Storm.Take(pdu, Now))
        {
            Accept(port, pdu);
        }
        else
        {
            counters.Add(LacpCounter.Storm);
            Watch.Stormed(port);
        }
    }

    private void Accept(LacpPort port, in Lacpdu pdu)
    {
        port.Counters.Add(LacpCounter.LacpduReceived);
        ReceiveMachine.Accept(this, port, pdu);
    }

    private bool IsForeign(LacpPort port, in Lacpdu pdu)
    {
        if (!Settings.Pinned.IsZero && pdu.Actor.System.Address != Settings.Pinned)
            return true;
        return Settings.HoldsPartner && port.Receive == ReceiveState.Current && pdu.Actor.System != port.Partner.System;
    }

    private static void Count(LacpCounters counters, LacpduOddities oddities)
    {
        if (oddities == LacpduOddities.None)
            return;
        if ((oddities & LacpduOddities.Version) != 0)
            counters.Add(LacpCounter.OddVersion);
        if ((oddities & LacpduOddities.Type) != 0)
            counters.Add(LacpCounter.OddType);
        if ((oddities & LacpduOddities.Trailer) != 0)
            counters.Add(LacpCounter.OddTrailer);
        if ((oddities & LacpduOddities.Zero) != 0)
            counters.Add(LacpCounter.OddZero);
    }
}
