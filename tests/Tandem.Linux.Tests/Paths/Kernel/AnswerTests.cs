using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Linux.Paths.Kernel;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>While the service is late, programs answer the partner, and only the partner, with the stored LACPDU.</summary>
public class AnswerTests
{
    private const byte Group = 0x01;
    private const int ActorSystem = 20;

    [Fact]
    public void Only_the_lacpdu_of_the_partner_without_a_tag_and_to_the_group_is_answered()
    {
        Netns.Require();
        // Frames that one processor sends keep their order.
        ProgramRun.StayOnOneProcessor();
        using var run = new ProgramRun(2);
        RawSocket? member = null,
            peer = null;
        run.Inside(() =>
        {
            foreach (var name in (string[])["m0", "m1", "bond0"])
                run.Ip($"link set {name} up");
            (member, peer) = (new RawSocket("m0"), new RawSocket("m1"));
            run.Path.Publish(BondedPair.PlanOf(1, 0) with { Hears = ControlFrameKinds.SlowProtocols });
            Assert.True(run.Path.TakeFrames().IsOk);
        });
        using var first = member!;
        using var second = peer!;
        var answer = Lacpdu(source: 0xaa, actor: 0xaa, partner: 0xbb);
        var question = Lacpdu(source: 0xbb, actor: 0xbb, partner: 0xaa);
        run.Path.StoreLacpdu(0, answer, due: 1);

        Unanswered("to this host alone", Changed(question, 0, 0x02));
        Unanswered("with a tag", [.. question[..12], 0x81, 0x00, 0x00, 0x05, .. question[12..]]);
        Unanswered("with a tag of priority only", [.. question[..12], 0x81, 0x00, 0xe0, 0x00, .. question[12..]]);
        Unanswered("of another system", Changed(question, ActorSystem + 5, 0xcc));
        Unanswered("no LACPDU", Changed(question, 14, 0x02));
        Unanswered("cut off in the actor's identity", question[..24]);
        second.Send(question);
        Assert.Equal(answer, second.Receive(IsAnswer));
        // Two ends without their services must not answer each other endlessly.
        Unanswered("too soon after the last", question);

        // Once the next frame is counted, the program has handled this one, and an answer would arrive before frames that are sent then.
        void Unanswered(string what, byte[] frame)
        {
            var counted = run.Path.ReadCounters(0).RxFrames;
            second.Send(frame);
            second.Send(Data(0xbb));
            Until.True(() => run.Path.ReadCounters(0).RxFrames > counted, "the next frame is counted");
            first.Send(Data(0xaa));
            Assert.False(IsAnswer(second.Receive(seen => IsAnswer(seen) || seen.AsSpan().SequenceEqual(Data(0xaa)))), what);
        }
        bool IsAnswer(byte[] frame) => frame.AsSpan().StartsWith(answer.AsSpan(0, 14));
    }

    [Fact]
    public void An_answer_of_the_program_leaves_the_stored_LACPDU_unchanged()
    {
        Netns.Require();
        using var run = new ProgramRun(2);
        Begin(run);
        using var answers = AnswersOf(run);
        run.Path.StoreLacpdu(0, Lacpdu(source: 0xaa, actor: 0xaa, partner: 0xbb), due: 1);
        Assert.Equal(Redirected, run.ReceiveOn(0, Lacpdu(source: 0xbb, actor: 0xbb, partner: 0xaa)).Verdict);
        Assert.Equal(1ul, answers[0].Due);
        Assert.NotEqual(0ul, answers[0].Answered);
        // No other answer within a period, even if the service stores another LACPDU.
        run.Path.StoreLacpdu(0, Lacpdu(source: 0xaa, actor: 0xaa, partner: 0xbb), due: 2);
        Assert.NotEqual(Redirected, run.ReceiveOn(0, Lacpdu(source: 0xbb, actor: 0xbb, partner: 0xaa)).Verdict);
    }

    [Fact]
    public void An_answer_is_of_one_lacpdu_while_the_service_writes_the_next()
    {
        Netns.Require();
        using var run = new ProgramRun(2);
        Begin(run);
        using var answers = AnswersOf(run);
        byte[][] kept = [Marked(0x11), Marked(0xee)];
        var question = Lacpdu(source: 0xbb, actor: 0xbb, partner: 0xaa);
        var hasEnded = false;
        var writer = new Thread(() =>
        {
            for (var due = 1; !Volatile.Read(ref hasEnded); due++)
                run.Path.StoreLacpdu(0, kept[due & 1], due);
        });
        writer.Start();
        List<byte[]> answered = [];
        run.Inside(() =>
        {
            for (var i = 0; i < 200_000 && answered.Count < 3000; i++)
            {
                var (verdict, frame) = run.ReceiveAgain(0, question);
                if (verdict == Redirected)
                    answered.Add(frame);
                // As if a period had passed.
                Volatile.Write(ref answers[0].Answered, 0);
            }
        });
        Volatile.Write(ref hasEnded, true);
        writer.Join();
        Assert.NotEmpty(answered);
        Assert.All(answered, frame => Assert.Contains(frame, kept));

        // The copies differ in fields that the program does not compare with the question.
        static byte[] Marked(byte mark)
        {
            var frame = Lacpdu(source: 0xaa, actor: 0xaa, partner: 0xbb);
            frame.AsSpan(14 + 44, 50).Fill(mark);
            frame[^1] = mark;
            return frame;
        }
    }

    private const int Redirected = 7; // TC_ACT_REDIRECT

    private static void Begin(ProgramRun run) =>
        run.Inside(() =>
        {
            run.Path.Publish(BondedPair.PlanOf(1, 0) with { Hears = ControlFrameKinds.SlowProtocols });
            Assert.True(run.Path.TakeFrames().IsOk);
        });

    // The programs' map, as another process would open it.
    private static SharedMap<KernelLacpdu> AnswersOf(ProgramRun run)
    {
        var maps = run.InsideFor(() => BpfId.OpenMaps(Hook.Here.Find(run.IfindexOf("m0"), HookPoint.Ingress)));
        try
        {
            return SharedMap<KernelLacpdu>.Open(maps["stored_lacpdus"].Fd.Number, ForwardingPlan.MaxMembers).Value!;
        }
        finally
        {
            foreach (var (fd, _) in maps.Values)
                fd.Dispose();
        }
    }

    private static byte[] Data(byte source) => [0x02, 0, 0, 0, 0, 0xdd, 0x02, 0, 0, 0, 0, source, 0x88, 0xb5, .. new byte[46]];

    private static byte[] Changed(byte[] frame, int offset, byte value)
    {
        var changed = frame.ToArray();
        changed[offset] = value;
        return changed;
    }

    private static byte[] Lacpdu(byte source, byte actor, byte partner)
    {
        var frame = new byte[SlowProtocols.FrameLength];
        byte[] header = [Group, 0x80, 0xc2, 0x00, 0x00, 0x02, 0x02, 0, 0, 0, 0, source, 0x88, 0x09, 1, 1, 1, 20];
        byte[] system = [0xff, 0xff, 0x02, 0, 0, 0, 0, 0, 0, 15];
        header.CopyTo(frame, 0);
        system.CopyTo(frame, 18);
        frame[ActorSystem + 5] = actor;
        frame[36] = 2;
        frame[37] = 20;
        system.CopyTo(frame, 38);
        frame[45] = partner;
        return frame;
    }
}
